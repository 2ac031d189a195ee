"""Settings when publishing: `make build`, `make publish`.

Unlike Pelican's own Makefile, `make publish` does the whole: it builds, checks, deploys to DEPLOY
and announces on NETWORKS. `make build` only builds with these settings; ANNOUNCE=0 leaves
announcing out. Secrets never stand here: they come from the environment.
"""

from pelicanconf import *  # noqa: F403 - the custom of Pelican's sites: publishing adds to writing

SITEURL = "https://upphandling.norrvik.example.org"

# Where releases go. file: is a folder on this machine.
DEPLOY = "file:public"
# DEPLOY = "rsync+ssh://www@web.example.org/srv/upphandling"
KEEP_RELEASES = 10

# The record of what was announced where. Keep it: without it nothing is announced.
LEDGER = "sqlite:///ledger.sqlite3"

# Where new posts are announced. "preview" writes public/announcements.html; nothing leaves
# this machine. A real network needs its address, its secrets in the environment, and the line
# that `utrop baseline` writes here, so that old posts are never announced all at once.
NETWORKS = ["preview"]
# NETWORKS = ["mastodon", "bluesky"]
# MASTODON_URL = "https://social.example.org"     # and MASTODON_TOKEN in the environment
# BLUESKY_URL = "https://pds.example.org"         # and BLUESKY_HANDLE, BLUESKY_APP_PASSWORD
# MASTODON_LANG = "sv"                            # the language the account announces, or "all"
