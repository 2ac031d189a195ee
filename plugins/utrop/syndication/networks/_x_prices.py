"""What X charges for, in US dollars before tax: https://docs.x.com/x-api/getting-started/pricing.

As that page stood on ``READ_ON``; the prices of posts are those since ``IN_FORCE_SINCE``. X
changes them: the Developer Console shows the present ones.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Final

SOURCE: Final = "https://docs.x.com/x-api/getting-started/pricing"
READ_ON: Final = date(2026, 8, 22)
IN_FORCE_SINCE: Final = date(2026, 4, 20)

COST_PER_POST_WITH_URL_USD: Final = Decimal("0.200")
"""A post with a link in it, as every announcement of ours is."""
COST_PER_POST_USD: Final = Decimal("0.015")
COST_PER_OWN_POST_READ_USD: Final = Decimal("0.001")
"""Each of the account's own posts that a look-up lists, once a UTC day, where the developer's
account is the one that posts."""
COST_PER_OTHER_POST_READ_USD: Final = Decimal("0.005")
"""The same where the developer's account is another one."""
COST_PER_USER_READ_USD: Final = Decimal("0.010")
"""Asking who we are, once a UTC day."""
COST_PER_DELETE_USD: Final = Decimal("0.010")
