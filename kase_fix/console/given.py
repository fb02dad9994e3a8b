"""What an operator typed, argument by argument: JSON values or the words of a command line, each with its own check."""

import datetime as dt
import math
from collections.abc import Mapping

from kase_fix.calendar.almaty import date_of, instant
from kase_fix.console.moments import parse_iso
from kase_fix.values.numbers import NotADecimal, Price, parse_decimal, parse_price

YES, NO = ("true", "yes", "on", "1"), ("false", "no", "off", "0")
EARLIEST, LATEST = dt.date(2000, 1, 1), dt.date(2100, 12, 31)
LONGEST = 1000
"""Letters of one argument."""


class Wrong(ValueError):
    """An argument that cannot be taken: which, what was found, what was expected."""

    def __init__(self, field: str, found: str, expected: str) -> None:
        super().__init__(f"'{field}': found {found}, expected {expected}.")
        self.field, self.found, self.expected = field, found, expected


class Given:
    """The arguments of one command. What is None counts as not given; `rest` is what nobody has asked for."""

    def __init__(self, arguments: Mapping[str, object], now: int) -> None:
        """Read times of day as of today, the venue's date at `now` (nanoseconds UTC)."""
        self._arguments = {name: value for name, value in arguments.items() if value is not None}
        self._now = now
        self.asked: list[str] = []

    @property
    def today(self) -> dt.date:
        """The venue's date."""
        return date_of(self._now)

    @property
    def rest(self) -> list[str]:
        """Return the arguments nobody has asked for."""
        return [name for name in self._arguments if name not in self.asked]

    def value(self, name: str) -> object:
        """Return an argument as it came; None where it was not given."""
        if name not in self.asked:
            self.asked.append(name)
        return self._arguments.get(name)

    def has(self, name: str) -> bool:
        """Tell whether an argument was given."""
        return self.value(name) is not None

    def text(self, name: str, expected: str, default: str | None = None) -> str:
        """Return a text. Without a default there must be one."""
        value = self.value(name)
        if value is None and default is not None:
            return default
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            raise Wrong(name, _found(value), expected)
        text = str(value).strip()
        if (not text and default is None) or len(text) > LONGEST or any(ord(letter) < 32 for letter in text):
            raise Wrong(name, _found(value), f"{expected}, in one line")
        return text

    def names(self, name: str, expected: str) -> tuple[str, ...]:
        """Return a list of names, from a JSON list or a text with commas; empty where none was given."""
        value = self.value(name)
        if value is None:
            return ()
        words = value.split(",") if isinstance(value, str) else value
        if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
            raise Wrong(name, _found(value), expected)
        found = tuple(dict.fromkeys(word.strip() for word in words))
        if not all(found) or any(ord(letter) < 32 for word in found for letter in word):
            raise Wrong(name, _found(value), expected)
        return found

    def hundredths(self, name: str) -> int:
        """Return a positive per cent in hundredths."""
        expected = "a per cent above 0 with two decimals at most, like 5 or 7.5"
        text = self.text(name, expected)
        try:
            hundredths = parse_decimal(text, 2)
        except NotADecimal:
            raise Wrong(name, text, expected) from None
        if not 0 < hundredths <= 1_000_000:
            raise Wrong(name, text, expected)
        return hundredths

    def price(self, name: str) -> Price:
        """Return a price in 10^-8 of its unit."""
        expected = "a price like 410.50"
        text = self.text(name, expected)
        try:
            return parse_price(text)
        except NotADecimal:
            raise Wrong(name, text, expected) from None

    def time(self, name: str) -> dt.time | None:
        """Return an Almaty wall time; None where it was not given."""
        if not self.has(name):
            return None
        expected = "an Almaty time like 17:30"
        text = self.text(name, expected)
        try:
            time = dt.time.fromisoformat(text)
        except ValueError:
            raise Wrong(name, text, expected) from None
        if time.tzinfo is not None or ":" not in text:
            raise Wrong(name, text, expected)
        return time

    def required_time(self, name: str) -> dt.time:
        """Return an Almaty wall time that must be given."""
        time = self.time(name)
        if time is None:
            raise Wrong(name, "nothing", "an Almaty time like 17:30")
        return time

    def moment(self, name: str) -> int:
        """Return a moment as nanoseconds UTC: a time of today, or an ISO moment; now where it was not given."""
        if not self.has(name):
            return self._now
        expected = "a time like 16:30:00, or a moment like 2020-05-27T16:30:00"
        text = self.text(name, expected)
        try:
            return parse_iso(text) if "T" in text else instant(self.today, dt.time.fromisoformat(text))
        except ValueError:
            raise Wrong(name, text, expected) from None

    def date(self, name: str, default: dt.date) -> dt.date:
        """Return a date of the years in which calendars know what works."""
        if not self.has(name):
            return default
        expected = f"a date like 2020-05-27, from {EARLIEST} to {LATEST}"
        text = self.text(name, expected)
        try:
            date = dt.date.fromisoformat(text)
        except ValueError:
            raise Wrong(name, text, expected) from None
        if not EARLIEST <= date <= LATEST:
            raise Wrong(name, text, expected)
        return date

    def flag(self, name: str) -> bool:
        """Return yes or no."""
        value = self.value(name)
        word = str(value).lower() if isinstance(value, bool | str | int) else ""
        if word not in YES + NO:
            raise Wrong(name, _found(value), "yes or no")
        return word in YES


def _found(value: object) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, float) and not math.isfinite(value):
        return "no number"
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
