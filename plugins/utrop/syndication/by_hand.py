"""By hand: networks whose access a site does not have yet; a person posts there what we write.

Each such delivery is a row of the ledger like any other, on the account ``by hand``. It waits,
owed by nobody, until ``utrop posted`` records where it stands.
"""

from __future__ import annotations

from typing import Final

from utrop.syndication.delivery import Limits, Message, Receipt
from utrop.syndication.errors import Rejected

BY_HAND: Final = "by hand"
"""The account of such a delivery, in the ledger."""
WAITS: Final = "a person posts it"


class ByHand:
    """Stands in for a network that only a person can post on."""

    account = BY_HAND
    guarantee = "by hand"

    def __init__(self, limits: Limits) -> None:
        self.limits = limits

    def publish(
        self,
        message: Message,  # noqa: ARG002 - it goes nowhere
        *,
        idempotency_key: str,  # noqa: ARG002 - the same
    ) -> Receipt:
        """Refuse: no program posts here."""
        raise Rejected(WAITS)
