"""Settings while writing: `make html`, `make devserver`; `publishconf.py` adds to them.

docs/settings.md explains each; UTROP_<SETTING> in the environment overrides any of them.
"""

from utrop import plugins

PLUGINS = plugins.all()  # module objects: an import error stops the build
THEME = plugins.theme()

SITENAME = "Inköp Norrvik"
SITESUBTITLE = "Norrviks inköpscentral om upphandling, marknad och nya lösningar"
SITEURL = "http://localhost:8000"
CONTENT = "content"

TIMEZONE = "Europe/Stockholm"
DEFAULT_LANG = "sv"
LANGUAGES = ["sv", "en"]

AUTHOR = "Norrviks inköpscentral"
DEFAULT_CATEGORY = "Nyheter"
PUBLISHER_NAME = "Norrviks inköpscentral"
PUBLISHER_TYPE = "GovernmentOrganization"

# The ids of posts in feeds are made of these two. Never change them once you have published:
# readers would see every post as new.
FEED_AUTHORITY = "upphandling.norrvik.example.org"
FEED_AUTHORITY_YEAR = 2026
