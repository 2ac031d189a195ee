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

# Where we write besides this site: the page "Våra konton" lists them for readers and the archive.
CONTACT_EMAIL = "upphandling@norrvik.example.org"
ACCOUNTS = [
    {
        "network": "Mastodon",
        "name": "@upphandling@social.norrvik.example.org",
        "url": "https://social.norrvik.example.org/@upphandling",
        "purpose": {
            "sv": "Nya upphandlingar, ändringar och beslut.",
            "en": "New procurements, changes and decisions.",
        },
        "since": "2026-08-20",
    },
    {
        "network": "LinkedIn",
        "name": "Norrviks inköpscentral",
        "url": "https://linkedin.norrvik.example.org/",
        "purpose": {"sv": "Samma nyheter, och debatt.", "en": "The same news, and debate."},
        "since": "2026-09-01",
    },
]
