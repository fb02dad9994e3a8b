"""One table of a configuration file, read key by key, and the one error a bad file ends in.

Every key a table may have must be there, and no other: what is silently ignored is what an operator believes is set.
A table may stand on another that it is like: what it does not say itself, that one says. Only instruments, of which
there are hundreds, leave out what does not concern them (`optional`).
"""

import datetime as dt
import re
from collections.abc import Callable, Collection, Mapping
from typing import TypeVar

from kase_fix.values.numbers import Money, NotADecimal, Price, parse_decimal, parse_price

T = TypeVar("T")

COMMAND_LINE = "--set"
NONE = "none"
"""Written out where a parameter is deliberately not set: a missing key is an error."""

_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_WHOLE = re.compile(r"-?\d{1,18}")
_SHOWN = 80


class ConfigurationError(ValueError):
    """A configuration that cannot be used; `str()` is one line that says where, what was found, what was expected."""

    def __init__(self, file: str, key: str, found: str, expected: str) -> None:
        """Keep the four parts; `file` is `--set` for what was given on the command line."""
        super().__init__(file, key, found, expected)
        self.file, self.key, self.found, self.expected = file, key, found, expected

    def __str__(self) -> str:
        """Return the one line an operator reads."""
        return " ".join(f"{self.file}: {self.key}: found {self.found}, expected {self.expected}".split())


class Given(str):
    """A value from the command line: always text, and blamed on `--set`."""

    __slots__ = ()


def shown(value: object) -> str:
    """Return a found value as an operator would write it, short enough for a line."""
    if value is None:
        return "nothing"
    text = f'"{value}"' if isinstance(value, str) else str(value)
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "..."


def listed(names: Collection[str]) -> str:
    """Return what may stand in a place, for the `expected` of an error."""
    return "one of " + ", ".join(names) if names else "nothing (none is defined)"


class Table:
    """The keys of one table. Readers take them by kind; `done` refuses what nobody took."""

    def __init__(
        self, file: str, stem: str, path: str, values: Mapping[str, object], like: "Table | None" = None
    ) -> None:
        """`path` is the entry's name in the file named by `stem`, as in the `--set` key `stem.path.key`.

        `like` says what this table does not say itself.
        """
        self.file = file
        self.stem = stem
        self.path = path
        self._values = values
        self._like = like
        self._all: Mapping[str, object] = values if like is None else {**like._all, **values}
        self._taken: set[str] = set()

    def wrong(self, key: str, expected: str) -> ConfigurationError:
        """Return the error that blames the present value of `key` where it stands, a file or the command line."""
        if key not in self._values and self._like is not None and self._like.given(key):
            return self._like.wrong(key, expected)
        value = self._values.get(key)
        path = f"{self.path}.{key}" if self.path else key
        if isinstance(value, Given):
            return ConfigurationError(COMMAND_LINE, f"{self.stem}.{path}", shown(value), expected)
        return ConfigurationError(self.file, path, shown(value), expected)

    def text(self, key: str, pattern: str = r".+", expected: str = "text") -> str:
        """Return text that matches the whole of `pattern`."""
        return self._read(key, expected, lambda text: text if re.fullmatch(pattern, text) else None)

    def choice(self, key: str, names: Collection[str]) -> str:
        """Return one of `names`."""
        return self._read(key, listed(names), lambda text: text if text in names else None)

    def choice_or_none(self, key: str, names: Collection[str]) -> str:
        """Return one of `names`, or empty text where "none" is written."""
        name = self.choice(key, [*names, NONE])
        return "" if name == NONE else name

    def words(self, key: str, names: Collection[str] | None = None) -> tuple[str, ...]:
        """Return a list of different texts, each one of `names` if given; on the command line a comma parts them."""
        value = self._take(key)
        among = f"a list of different texts{'' if names is None else ', each ' + listed(names)}"
        parts: object = [part for part in value.split(",") if part] if isinstance(value, Given) else value
        if not isinstance(parts, list) or any(not isinstance(part, str) or not part for part in parts):
            raise self.wrong(key, among)
        if len(set(parts)) != len(parts) or (names is not None and not set(parts) <= set(names)):
            raise self.wrong(key, among)
        return tuple(parts)

    def whole(self, key: str, least: int, greatest: int = 10**18) -> int:
        """Return a whole number from `least` to `greatest`."""
        value = self._take(key)
        if isinstance(value, Given) and _WHOLE.fullmatch(value):
            value = int(value)
        if type(value) is not int or not least <= value <= greatest:
            bounds = f"of at least {least}" if greatest == 10**18 else f"from {least} to {greatest}"
            raise self.wrong(key, f"a whole number {bounds}")
        return value

    def flag(self, key: str) -> bool:
        """Return true or false."""
        value = self._take(key)
        if isinstance(value, Given) and value in ("true", "false"):
            return value == "true"
        if type(value) is not bool:
            raise self.wrong(key, "true or false")
        return value

    def whole_or_none(self, key: str, least: int) -> int | None:
        """Return a whole number from `least` on, or None where "none" is written."""
        return None if self._none(key) else self.whole(key, least)

    def price(self, key: str) -> Price:
        """Return a positive price in 10^-8 of its unit, written as decimal text."""
        return self._read(key, 'a price above 0 as text, like "450.00"', _positive(parse_price))

    def price_or_none(self, key: str) -> Price | None:
        """Return a positive price, or None where "none" is written."""
        return None if self._none(key) else self.price(key)

    def signed(self, key: str) -> Price:
        """Return a price or yield in 10^-8 of its unit, written as decimal text, that may be zero or below."""
        return self._read(key, 'a number as text, like "-0.2500"', _decimal(parse_price))

    def signed_or_none(self, key: str) -> Price | None:
        """Return a number that may be zero or below, or None where "none" is written."""
        return None if self._none(key) else self.signed(key)

    def money(self, key: str) -> Money:
        """Return an amount above 0 in minor units, written as decimal text."""
        expected = 'an amount above 0 as text with at most two decimals, like "1000.00"'
        return self._read(key, expected, _positive(lambda text: parse_decimal(text, 2)))

    def money_or_none(self, key: str) -> Money | None:
        """Return an amount above 0 in minor units, or None where "none" is written."""
        return None if self._none(key) else self.money(key)

    def percent(self, key: str) -> int:
        """Return hundredths of a per cent, written as per cent with at most two decimals ("3" is 300)."""
        expected = 'per cent above 0 as text with at most two decimals, like "3"'
        return self._read(key, expected, _positive(lambda text: parse_decimal(text, 2)))

    def percent_or_none(self, key: str) -> int | None:
        """Return hundredths of a per cent, or None where "none" is written."""
        return None if self._none(key) else self.percent(key)

    def time(self, key: str) -> dt.time:
        """Return an Almaty wall time, written "HH:MM" or "HH:MM:SS"."""
        return self._read(
            key,
            'an Almaty time as text, like "10:15"',
            lambda text: dt.time.fromisoformat(text) if _TIME.fullmatch(text) else None,
        )

    def time_or_none(self, key: str) -> dt.time | None:
        """Return an Almaty wall time, or None where "none" is written."""
        return None if self._none(key) else self.time(key)

    def text_or_none(self, key: str) -> str:
        """Return text, empty where "none" is written."""
        return "" if self._none(key) else self.text(key)

    def date(self, key: str) -> dt.date:
        """Return a date, written like 2020-05-27 or as text."""
        value = self._take(key)
        if isinstance(value, str):
            value = _date(value)
        if type(value) is not dt.date:
            raise self.wrong(key, "a date, like 2020-05-27")
        return value

    def date_or_none(self, key: str) -> dt.date | None:
        """Return a date, or None where "none" is written."""
        return None if self._none(key) else self.date(key)

    def given(self, key: str) -> bool:
        """Tell whether this table, or the one it is like, says anything of `key`."""
        return key in self._all

    def optional(self, key: str, default: T, read: Callable[[str], T]) -> T:
        """Return what one of the readers finds under `key`, or the default where nothing is said."""
        if self.given(key):
            return read(key)
        self._taken.add(key)
        return default

    @property
    def names(self) -> tuple[str, ...]:
        """The keys the table has, in the file's order."""
        return tuple(self._values)

    def inner(self, key: str, needed: bool = True) -> "Table":
        """Return the table that stands under `key`; an empty one where none does and none is `needed`."""
        self._taken.add(key)
        like = self._like.inner(key, needed) if self._like is not None and self._like.given(key) else None
        value = self._values.get(key)
        if value is None and (like is not None or not needed):
            value = {}
        if not isinstance(value, dict):
            raise self.wrong(key, "a table")
        return Table(self.file, self.stem, f"{self.path}.{key}" if self.path else key, value, like)

    def rows(self, key: str) -> list["Table"]:
        """Return the tables of a list that is not empty, numbered from 1 in their paths."""
        value = self._take(key)
        if not isinstance(value, list) or not value or any(not isinstance(row, dict) for row in value):
            raise self.wrong(key, "a list of tables, not empty, in the file")
        path = f"{self.path}.{key}"
        return [Table(self.file, self.stem, f"{path}[{place}]", row) for place, row in enumerate(value, start=1)]

    def done(self, known: Collection[str] = ()) -> None:
        """Refuse a key that no reader asked for; `known` are those one could have asked for besides."""
        for key in self._values:
            if key not in self._taken:
                raise self.unknown(key, sorted({*self._taken, *known}))

    def unknown(self, key: str, known: Collection[str]) -> ConfigurationError:
        """Return the error that a key of this table means nothing."""
        place = f"{self.path}.{key}" if self.path else key
        expected = listed(known) if known else "no key"
        if isinstance(self._values.get(key), Given):
            return ConfigurationError(COMMAND_LINE, f"{self.stem}.{place}", "an unknown key", expected)
        return ConfigurationError(self.file, place, "an unknown key", expected)

    def _take(self, key: str) -> object:
        self._taken.add(key)
        return self._all.get(key)

    def _none(self, key: str) -> bool:
        return self._take(key) == NONE

    def _read(self, key: str, expected: str, read: Callable[[str], T | None]) -> T:
        value = self._take(key)
        found = read(str(value)) if isinstance(value, str) else None  # plain text, wherever it came from
        if found is None:
            raise self.wrong(key, expected)
        return found


def _decimal(parse: Callable[[str], int]) -> Callable[[str], int | None]:
    def read(text: str) -> int | None:
        try:
            return parse(text)
        except NotADecimal:
            return None

    return read


def _positive(parse: Callable[[str], int]) -> Callable[[str], int | None]:
    read = _decimal(parse)

    def positive(text: str) -> int | None:
        number = read(text)
        return number if number is not None and number > 0 else None

    return positive


def _date(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text) if _DATE.fullmatch(text) else None
    except ValueError:
        return None
