"""What a notice says, in the words of a page's language: moments, amounts, codes, organisations."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Final
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_decimal
from babel.units import format_unit

from utrop.languages import language
from utrop.listings.wording import date_in_words, moment_in_words, weekday_in_words
from utrop.procurement import codes
from utrop.procurement.codes import Codes
from utrop.procurement.identifiers import masked
from utrop.procurement.notice import Amount, Deadline, Duration, Multilingual, Organisation
from utrop.translations import Words

_AT: Final = "kl.\N{NO-BREAK SPACE}"
_SWEDISH: Final = "Europe/Stockholm"
_CURRENCIES: Final = {"sv": {"SEK": "kronor", "EUR": "euro", "NOK": "norska kronor"}}
_LEAST_DIGITS: Final = 5
"""Identifiers with fewer say nothing: notices have “ND”, “n/a”, “00” and the name itself there."""
_UNITS: Final = {"DAY": "day", "WEEK": "week", "MONTH": "month", "YEAR": "year"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One value that a page shows."""

    text: str
    lang: str = ""
    """Its language, where that is not the page's."""
    url: str = ""
    """Where it leads: an absolute address."""
    path: str = ""
    """Where it leads, below SITEURL."""
    machine: str = ""
    """The moment or day that it tells, as a ``datetime`` attribute has it."""
    numbers: tuple[str, ...] = ()
    """Identifiers, each of which stays on one line."""
    note: str = ""
    """What is added in smaller letters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A term with what is said of it."""

    label: str
    said: tuple[Said, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeWords:
    """How one page says what a notice says: its language, its time zone and the code lists."""

    words: Words
    zone: ZoneInfo
    codes: Codes = field(default_factory=codes.packaged)

    @property
    def lang(self) -> str:
        """The page's language."""
        return self.words.lang

    def say(self, message: str, **values: object) -> str:
        """Return a text of the interface with its placeholders filled."""
        text = self.words.text(message)
        return text % values if values else text

    def fact(self, label: str, *said: Said | None) -> tuple[Fact, ...]:
        """Return a fact under a label of the interface; none where nothing is said."""
        found = tuple(one for one in said if one is not None and one.text)
        return (Fact(label=self.say(label), said=found),) if found else ()

    def text(self, text: Multilingual) -> Said | None:
        """Return a notice's own text in the page's language, or else in one that it has."""
        lang, version = text.version(self.lang, "en")
        return Said(text=version, lang=self._other(lang)) if version else None

    def code(self, codelist: str, code: str) -> Said | None:
        """Return the label of a code, the code itself where it has none."""
        if not code:
            return None
        return Said(text=self.codes.label(codelist, code, self.lang).rstrip(".") or code)

    def language(self, code: str) -> str:
        """Return a language's name, its code where it has none here."""
        name = Locale.parse(self.lang).languages.get(code.lower())
        return str(name or code)

    def cpv(self, code: str) -> Said | None:
        """Return what a CPV code means, which is shown too."""
        if not code:
            return None
        label = self.codes.cpv_label(code, self.lang)
        if not label:
            return Said(text=f"CPV\N{NO-BREAK SPACE}{code}")
        note = "CPV %(code)s" if code in self.codes.cpv else "CPV %(code)s in this group"
        return Said(text=label, note=self.say(note, code=code))

    def region(self, code: str) -> Said | None:
        """Return a region's name, its code where the name is not at hand."""
        return Said(text=self.codes.nuts_label(code, self.lang) or code) if code else None

    def amount(self, amount: Amount | None) -> Said | None:
        """Return an amount; a zero means that none is given and is never shown."""
        if amount is None or not amount.value:
            return None
        decimals = "" if amount.value == amount.value.to_integral_value() else ".00"
        locale = language(self.lang).open_graph_locale
        number = format_decimal(amount.value, format=f"#,##0{decimals}", locale=locale)
        if self.lang == "en":
            return Said(text=f"{amount.currency}\N{NO-BREAK SPACE}{number}")
        unit = _CURRENCIES.get(self.lang, {}).get(amount.currency, amount.currency)
        return Said(text=f"{number}\N{NO-BREAK SPACE}{unit}")

    def duration(self, duration: Duration | None) -> Said | None:
        """Return a length of time, such as “24 månader”."""
        if duration is None:
            return None
        number: Decimal | int = duration.number
        if duration.number == duration.number.to_integral_value():
            number = int(duration.number)
        unit = _UNITS.get(duration.unit.upper())
        if unit is None:
            return Said(text=f"{number} {duration.unit}")
        locale = language(self.lang).open_graph_locale
        return Said(text=format_unit(number, f"duration-{unit}", length="long", locale=locale))

    def day(self, day: date | None) -> Said | None:
        """Return a day."""
        if day is None:
            return None
        at = datetime.combine(day, time(12), tzinfo=self.zone)
        return Said(text=date_in_words(at, self.lang, self.zone), machine=day.isoformat())

    def moment(self, moment: datetime | None) -> Said | None:
        """Return a day with its time of day."""
        if moment is None:
            return None
        return Said(text=moment_in_words(moment, self.lang, self.zone), machine=_iso(moment))

    def last(self, deadline: Deadline | None) -> Said | None:
        """Return a last moment: weekday, day, time and time zone, and what may mislead in it."""
        if deadline is None:
            return None
        at = deadline.moment
        if not deadline.has_time:
            return Said(
                text=weekday_in_words(at.date(), self.lang),
                machine=at.date().isoformat(),
                note=self.say("the notice names no time of day"),
            )
        local = at.astimezone(self.zone)
        note = ""
        if local.utcoffset() != at.utcoffset():
            note = self.say("in the notice: %(moment)s", moment=self._own(at))
        return Said(text=self.until(deadline), machine=_iso(local), note=note)

    def until(self, deadline: Deadline) -> str:
        """Return a last moment as it stands in a sentence."""
        if not deadline.has_time:
            return weekday_in_words(deadline.moment.date(), self.lang)
        local = deadline.moment.astimezone(self.zone)
        text = self.say(
            "%(day)s, %(time)s (%(zone)s)",
            day=weekday_in_words(local.date(), self.lang),
            time=self.time(local),
            zone=self._zone(local),
        )
        if (local.hour, local.minute, local.second) != (0, 0, 0):
            return text
        eve = self._weekday(local.date() - timedelta(days=1))
        return self.say("%(moment)s, that is the night after %(day)s", moment=text, day=eve)

    def short(self, deadline: Deadline) -> str:
        """Return a last moment without its time zone; 00:00 as the night that it is."""
        local = deadline.moment.astimezone(self.zone)
        if not deadline.has_time:
            return weekday_in_words(deadline.moment.date(), self.lang)
        if (local.hour, local.minute, local.second) == (0, 0, 0):
            eve = weekday_in_words(local.date() - timedelta(days=1), self.lang)
            return self.say("the night after %(day)s", day=eve)
        between = " " if self.lang == "sv" else ", "
        return f"{weekday_in_words(local.date(), self.lang)}{between}{self.time(local)}"

    def time(self, local: datetime) -> str:
        """Return a time of day as it stands in a sentence; midnight with all its zeros."""
        if self.lang != "sv":
            return f"{local:%H:%M}"
        hour = "00" if (local.hour, local.minute) == (0, 0) else str(local.hour)
        return f"{_AT}{hour}.{local:%M}"

    def span(self, starts: datetime, ends: datetime | None) -> Said:
        """Return when an event is, from its start to its end."""
        first = starts.astimezone(self.zone)
        between = " " if self.lang == "sv" else ", "
        text = f"{weekday_in_words(first.date(), self.lang)}{between}{self.time(first)}"
        if ends is not None:
            last = ends.astimezone(self.zone)
            if last.date() == first.date():
                text += f"\N{EN DASH}{self.time(last).removeprefix(_AT)}"
            else:
                text += f" \N{EN DASH} {weekday_in_words(last.date(), self.lang)}"
                text += f"{between}{self.time(last)}"
        return Said(text=f"{text} ({self._zone(first)})", machine=_iso(first))

    def organisation(self, who: Organisation) -> Said | None:
        """Return an organisation by name, place and numbers, a person's number masked."""
        name = self.text(who.name)
        if name is None:
            return None
        numbers = [one for one in masked(who) if sum(map(str.isdecimal, one)) >= _LEAST_DIGITS]
        return Said(text=name.text, lang=name.lang, numbers=tuple(numbers), note=who.town)

    def site(self, address: str, label: str = "%(site)s") -> Said | None:
        """Return a link to another site, which the reader sees the name of before following it."""
        host = (urlsplit(address).hostname or "").removeprefix("www.")
        if not host or urlsplit(address).scheme not in ("http", "https"):
            return None
        return Said(text=label % {"site": host}, url=address)

    def _other(self, lang: str) -> str:
        return "" if lang == self.lang else lang

    def _own(self, at: datetime) -> str:
        """A moment as the notice has it, with the notice's own offset from UTC."""
        offset = at.utcoffset() or timedelta()
        minutes = int(offset.total_seconds()) // 60
        sign = "-" if minutes < 0 else "+"
        hours, rest = divmod(abs(minutes), 60)
        shown = f"{sign}{hours}" + (f":{rest:02}" if rest else "") if minutes else ""
        return f"{self._weekday(at.date())} {self.time(at)}, UTC{shown}"

    def _weekday(self, day: date) -> str:
        locale = language(self.lang).open_graph_locale
        return format_date(day, "EEEE d\N{NO-BREAK SPACE}MMMM", locale=locale)

    def _zone(self, local: datetime) -> str:
        name = local.tzname() or ""
        if self.zone.key != _SWEDISH:
            return name
        swedish = self.say("Swedish time")
        return swedish if self.lang == "sv" else f"{swedish}, {name}"


def _iso(moment: datetime) -> str:
    return moment.isoformat(timespec="minutes")
