"""What a person does on each network before `utrop connect` can ask, in a few lines.

The whole way is in docs/networks/. A network's module may offer ``STEPS`` of its own.
"""

from __future__ import annotations

from typing import Final

from utrop.syndication import networks

_META: Final = "https://developers.facebook.com/apps"
_BY_NETWORK: Final[dict[str, tuple[str, ...]]] = {
    "bluesky": (
        "Log in to the account at its service, in a browser.",
        "Settings, Privacy and security, App passwords, Add: name it Utrop, and leave direct"
        " messages off.",
        "Have the app password ready, and the address of the account's server, such as"
        " https://bsky.social.",
    ),
    "facebook": (
        "You need full or partial control of the Page, task Content.",
        f"On {_META} make an app for managing a Page.",
        "In its Graph API Explorer get a user access token with pages_show_list,"
        " pages_read_engagement and pages_manage_posts, and choose the Page.",
        "Extend that token in the Access Token Debugger.",
        "With the extended token ask the Explorer for me/accounts: it lists the Page's id and the"
        " Page's own access_token. Have these two ready.",
    ),
    "linkedin": (
        "On https://www.linkedin.com/developers/apps make an app, and let the page verify it.",
        "For a page, ask there for the Community Management API; LinkedIn looks at who asks. For"
        " a person, add Share on LinkedIn and Sign In with LinkedIn.",
        "In the OAuth token tools make a token: for a page with w_organization_social and"
        " r_organization_social, for a person with w_member_social, openid and profile.",
        "Have it ready, and who posts: urn:li:organization:NUMBER, the number from the address of"
        " the page's administration, or urn:li:person:ID.",
    ),
    "mastodon": (
        "Log in to the account on its server, in a browser.",
        "Preferences, Development, New application: name it Utrop, and tick profile,"
        " read:statuses and write:statuses, nothing else.",
        "Open the application and have “Your access token” ready.",
    ),
    "newsletter": (
        "Have a list whose address takes mail from your sender without moderation.",
        "Get a user name and password for a mail server that may send for the sender's domain.",
        "Who is on the list, and how they leave it, is the list server's.",
    ),
    "slack": (
        "On https://api.slack.com/apps make a new app from scratch for your workspace.",
        "Incoming Webhooks: switch them on, Add New Webhook, choose the channel, Allow.",
        "Have the address ready. The whole of it is a secret.",
    ),
    "teams": (
        "In Teams, at the channel: …, Workflows, the template that posts to a channel when a"
        " webhook request is received.",
        "In its trigger, let Anyone trigger the flow: the address carries its own signature.",
        "Add a colleague as co-owner of the flow: it stops when its only owner leaves.",
        "Have the address ready. The whole of it is a secret.",
    ),
    "telegram": (
        "In Telegram, write /newbot to @BotFather, then a name and a user name; it answers with"
        " the token.",
        "Open your channel, Administrators, Add administrator, choose the bot, and leave it one"
        " right: Post messages.",
        "Have the token ready, and the channel's name.",
    ),
    "threads": (
        f"On {_META} make an app for the Threads API, with threads_basic, threads_content_publish"
        " and, to withdraw posts, threads_delete.",
        "App roles, Roles: add the account as Threads tester, and accept in the account's own"
        " settings, Website permissions.",
        "Use cases, Customize, Settings, User token generator: make an access token.",
        "Have it ready. It lives for 60 days; `utrop connect threads --refresh` renews it.",
    ),
    "x": (
        "Log in to X with the account that is to post, and open https://console.x.com.",
        "Buy credits, and set a spending limit a month: every post costs.",
        "Make an app, and choose “Read and write” in its user authentication settings.",
        "After that, below Keys and tokens, make the API key and its secret, and the access token"
        " and its secret. Have these four ready; they are shown once.",
        "In X's settings, Account information, Automation, name the account of the person who"
        " answers for it.",
    ),
}


def steps(name: str) -> tuple[str, ...]:
    """Return what to do on a network, in order; empty where only its page tells."""
    own: tuple[str, ...] = getattr(networks.load(name), "STEPS", ())
    return own or _BY_NETWORK.get(name, ())
