"""One table of a configuration file, read key by key, and the one error a bad file ends in.

Every key a table may have must be there, and no other: what is silently ignored is what an operator believes is set.
"""

import datetime as dt
import re
from collections.abc import Callable, Collection, Mapping
from typing import TypeVar

from kase_fix.values.numbers import NotADecimal, Price, parse_decimal, parse_price

T = TypeVar("T")

COMMAND_LINE = "--set"
NONE = "none"
"""Written out where a parameter is deliberately not set: a missing key is an error."""

_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?")
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

    def __init__(self, file: str, stem: str, path: str, values: Mapping[str, object]) -> None:
        """`path` is the entry's name in the file named by `stem`, as in the `--set` key `stem.path.key`."""
        self.file = file
        self.stem = stem
        self.path = path
        self._values = values
        self._taken: set[str] = set()

    def wrong(self, key: str, expected: str) -> ConfigurationError:
        """Return the error that blames the present value of `key`, in the file or on the command line."""
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

    def price(self, key: str) -> Price:
        """Return a positive price in 10^-8 of its unit, written as decimal text."""
        return self._read(key, 'a price above 0 as text, like "450.00"', _positive(parse_price))

    def price_or_none(self, key: str) -> Price | None:
        """Return a positive price, or None where "none" is written."""
        return None if self._none(key) else self.price(key)

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

    @property
    def names(self) -> tuple[str, ...]:
        """The keys the table has, in the file's order."""
        return tuple(self._values)

    def inner(self, key: str, needed: bool = True) -> "Table":
        """Return the table that stands under `key`; an empty one where none does and none is `needed`."""
        value = self._take(key)
        if value is None and not needed:
            value = {}
        if not isinstance(value, dict):
            raise self.wrong(key, "a table")
        return Table(self.file, self.stem, f"{self.path}.{key}" if self.path else key, value)

    def rows(self, key: str) -> list["Table"]:
        """Return the tables of a list that is not empty, numbered from 1 in their paths."""
        value = self._take(key)
        if not isinstance(value, list) or not value or any(not isinstance(row, dict) for row in value):
            raise self.wrong(key, "a list of tables, not empty, in the file")
        path = f"{self.path}.{key}"
        return [Table(self.file, self.stem, f"{path}[{place}]", row) for place, row in enumerate(value, start=1)]

    def done(self) -> None:
        """Refuse a key that no reader asked for."""
        for key, value in self._values.items():
            if key not in self._taken:
                place = f"{self.path}.{key}" if self.path else key
                known = listed(sorted(self._taken)) if self._taken else "no key"
                if isinstance(value, Given):
                    raise ConfigurationError(COMMAND_LINE, f"{self.stem}.{place}", "an unknown key", known)
                raise ConfigurationError(self.file, place, "an unknown key", known)

    def _take(self, key: str) -> object:
        self._taken.add(key)
        return self._values.get(key)

    def _none(self, key: str) -> bool:
        return self._take(key) == NONE

    def _read(self, key: str, expected: str, read: Callable[[str], T | None]) -> T:
        value = self._take(key)
        found = read(value) if isinstance(value, str) else None
        if found is None:
            raise self.wrong(key, expected)
        return found


def _positive(parse: Callable[[str], int]) -> Callable[[str], int | None]:
    def read(text: str) -> int | None:
        try:
            number = parse(text)
        except NotADecimal:
            return None
        return number if number > 0 else None

    return read
