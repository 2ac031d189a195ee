"""Why a network did not take an announcement, named by what the caller may do next.

::

    NetworkError
    ├── Rejected         the network will never take this; give up and tell
    ├── Unauthorized     this network rests until a person acts
    ├── RateLimited      safe to repeat, not before ``retry_at``
    ├── NotSent          nothing left this machine; safe to repeat
    ├── OutcomeUnknown   it may have been published; look before anything else
    └── Gone             what was to be edited is not there any more
"""

from __future__ import annotations

from datetime import datetime


class NetworkError(Exception):
    """The base of all. Its message is for people: sanitised, short, without secrets."""


class Rejected(NetworkError):  # noqa: N818 - named by what the caller may do
    """The network answered that it will not publish this, whatever we repeat."""


class Unauthorized(NetworkError):  # noqa: N818 - named by what the caller may do
    """The credentials are refused; the whole network rests until a person acts."""


class RateLimited(NetworkError):  # noqa: N818 - named by what the caller may do
    """The network asked for patience; nothing was published."""

    def __init__(self, message: str, *, retry_at: datetime | None = None) -> None:
        super().__init__(message)
        #: Not before this moment (aware), where the network said one.
        self.retry_at = retry_at


class NotSent(NetworkError):  # noqa: N818 - named by what the caller may do
    """No byte of the request reached the network, as when nothing accepts the connection."""


class OutcomeUnknown(NetworkError):  # noqa: N818 - named by what the caller may do
    """The request may have taken effect: answer lost, 5xx, reset, time-out, unreadable."""


class Gone(NetworkError):  # noqa: N818 - named by what the caller may do
    """What was to be changed is not there any more: a person took it away."""
