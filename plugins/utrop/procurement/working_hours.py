"""Working hours: when somebody sits at work to read a reminder, and to answer for it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo
from typing import Final

from utrop.procurement.time_limits import is_working_day

_HOURS: Final = re.compile(
    r"(?P<from>[0-9]{1,2})(?:[.:](?P<from_minute>[0-9]{2}))?"
    r" ?[-\u2013] ?"
    r"(?P<to>[0-9]{1,2})(?:[.:](?P<to_minute>[0-9]{2}))?"
)
_EXAMPLE: Final = "write the hours like 9-16 or 8.30-16.30"


@dataclass(frozen=True, slots=True)
class WorkingHours:
    """The hours of every working day, in the site's time zone; ``end`` is no more part of them."""

    start: time
    end: time

    @classmethod
    def parse(cls, text: str) -> WorkingHours:
        """Read hours such as ``9-16``.

        Raises ``ValueError`` whose message says what to write instead.
        """
        found = _HOURS.fullmatch(text.strip())
        if found is None:
            raise ValueError(f"{text!r} are no hours; {_EXAMPLE}")
        try:
            start = time(int(found["from"]), int(found["from_minute"] or 0))
            end = time(int(found["to"]), int(found["to_minute"] or 0))
        except ValueError as error:
            raise ValueError(f"{text!r}: there is no such time of day; {_EXAMPLE}") from error
        if start >= end:
            raise ValueError(f"{text!r} end before they begin; {_EXAMPLE}")
        return cls(start, end)

    def at_or_before(self, moment: datetime, zone: tzinfo) -> datetime:
        """Return a moment itself in working hours, else the nearest earlier working hour.

        That is the last hour of the same day, or of the nearest working day before it.
        """
        local = moment.astimezone(zone)
        day, at = local.date(), local.time()
        if is_working_day(day) and self.start <= at < self.end:
            return local
        if at < self.start:
            day -= timedelta(days=1)
        while not is_working_day(day):
            day -= timedelta(days=1)
        return datetime.combine(day, self._last_hour(), tzinfo=zone)

    def _last_hour(self) -> time:
        begins = self.end.hour * 60 + self.end.minute - 60
        return max(self.start, time(*divmod(begins, 60))) if begins >= 0 else self.start
