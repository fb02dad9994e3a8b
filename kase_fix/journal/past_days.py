"""Candles of past days, on disk: a projection of the journal, thrown away and made again like any other.

One SQLite file in the data directory. It says up to which command it has every day: who reads asks for all days before
the one he is in, and gets them or is told that they are not there yet. The venue adds a day when the next one opens;
where something is missing a process of its own makes the file anew from the journal (`app.history`).
"""

import datetime as dt
import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from kase_fix.marketdata.candles import Candle, joined
from kase_fix.marketdata.market import Market

FILE = "candles.db"
SCHEMA = """
CREATE TABLE made (journal BLOB NOT NULL, until INTEGER NOT NULL);
CREATE TABLE day (symbol TEXT, date TEXT, start INTEGER, open INTEGER, high INTEGER, low INTEGER, close INTEGER,
                  quantity TEXT, deals INTEGER, PRIMARY KEY (symbol, date)) WITHOUT ROWID;
CREATE TABLE minute (symbol TEXT, start INTEGER, date TEXT, open INTEGER, high INTEGER, low INTEGER, close INTEGER,
                     quantity TEXT, deals INTEGER, PRIMARY KEY (symbol, start)) WITHOUT ROWID;
"""
OF_A_DAY = "INSERT OR REPLACE INTO day VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
OF_A_MINUTE = "INSERT OR REPLACE INTO minute VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
COLUMNS = "start, open, high, low, close, quantity, deals"
PATIENCE = 2.0
"""Seconds for which who wants to read waits while another writes."""


class NotThere(Exception):
    """Not all past days are in the file (yet)."""


class PastDays:
    """The file; opened for each look, so that another may take its place."""

    def __init__(self, path: Path) -> None:
        """`path` is `FILE` in a data directory."""
        self._path = path

    def begin(self, journal: bytes) -> None:
        """Begin with no day, of the journal of this identity. Raises `sqlite3.Error`, `OSError`."""
        self._path.unlink(missing_ok=True)
        with closing(sqlite3.connect(self._path)) as made, made:
            made.executescript(SCHEMA)
            made.execute("INSERT INTO made VALUES (?, 0)", (journal,))

    def take_the_place_of(self, other: "PastDays") -> None:
        """Be from now on where another was. Raises `OSError`."""
        os.replace(self._path, other._path)

    def until(self, journal: bytes) -> int | None:
        """Return before which command's day it has all; None where it is not there, or of another journal."""
        with suppress(NotThere, sqlite3.Error), self._open() as file:
            made = file.execute("SELECT journal, until FROM made").fetchone()
            return int(made[1]) if made is not None and made[0] == journal else None
        return None

    def add(self, until: int, date: dt.date | None, candles: Mapping[str, list[Candle]]) -> None:
        """Take a day in (None: there was none) and have all of what is before command `until`; all of it, or nothing.

        Raises `sqlite3.Error`.
        """
        with closing(sqlite3.connect(self._path, timeout=PATIENCE)) as file, file:
            if date is not None:
                file.executemany(OF_A_DAY, _days(date, candles))
                file.executemany(OF_A_MINUTE, _minutes(date, candles))
            file.execute("UPDATE made SET until = ?", (until,))

    def days(self, until: int, symbol: str, first: dt.date, last: dt.date) -> list[tuple[dt.date, Candle]]:
        """Return the candles of an instrument's days, both dates included.

        `until` is the command with which the day began that is not asked of here. Raises `NotThere`.
        """
        asked = f"SELECT date, {COLUMNS} FROM day WHERE symbol = ? AND date BETWEEN ? AND ? ORDER BY date"
        rows = self._rows(until, asked, (symbol, first.isoformat(), last.isoformat()))
        return [(dt.date.fromisoformat(str(row[0])), _candle(row[1:])) for row in rows]

    def minutes(self, until: int, symbol: str, first: dt.date, last: dt.date) -> list[Candle]:
        """Return the candles of an instrument's minutes on these days. Raises `NotThere`."""
        asked = f"SELECT {COLUMNS} FROM minute WHERE symbol = ? AND date BETWEEN ? AND ? ORDER BY start"
        return [_candle(row) for row in self._rows(until, asked, (symbol, first.isoformat(), last.isoformat()))]

    def _rows(self, until: int, asked: str, terms: tuple[str, ...]) -> list[tuple[str | int, ...]]:
        try:
            with self._open() as file:
                if file.execute("SELECT until FROM made").fetchone() != (until,):
                    raise NotThere
                return file.execute(asked, terms).fetchall()
        except sqlite3.Error as error:
            raise NotThere from error

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        if not self._path.exists():
            raise NotThere
        with closing(sqlite3.connect(f"file:{self._path}?mode=ro", uri=True, timeout=PATIENCE)) as file:
            yield file


class Archive:
    """What adds a day to the file when the next one opens: the venue's own, or what makes the file anew."""

    def __init__(self, days: PastDays, journal: bytes, fresh: bool = False) -> None:
        """`journal` is its identity; `fresh`: the file has just begun, and the events come from the journal's first."""
        self.days = days
        self._journal = journal
        self._fresh = fresh
        self.missing: int | None = None
        """Before this command days are missing: the file has to be made anew."""

    def day_opens(self, number: int, market: Market) -> None:
        """Command `number` opens a day; `market` is still that of the day before, if events of it were there."""
        self.missing = None
        try:
            until = self.days.until(self._journal)
            if until == number:
                return
            if until == market.began and (self._fresh or market.began):
                self.days.add(number, market.day, candles_of(market))
            else:
                self.missing = number
        except sqlite3.Error:
            self.missing = number


def candles_of(market: Market) -> dict[str, list[Candle]]:
    """Return the day's candles, minute by minute, of all that had deals."""
    every = ((symbol, listing.minutes.candles) for symbol, listing in market.listings.items())
    return {symbol: candles for symbol, candles in every if candles}


def _days(date: dt.date, candles: Mapping[str, list[Candle]]) -> Iterable[tuple[str | int, ...]]:
    for symbol, of_day in candles.items():
        whole = joined(of_day)
        if whole is not None:
            yield symbol, date.isoformat(), *_numbers(whole)


def _minutes(date: dt.date, candles: Mapping[str, list[Candle]]) -> Iterable[tuple[str | int, ...]]:
    for symbol, of_day in candles.items():
        for one in of_day:
            start, *rest = _numbers(one)
            yield symbol, start, date.isoformat(), *rest


def _numbers(candle: Candle) -> tuple[int | str, ...]:
    """A sum of quantities may exceed 64 bits."""
    return (*candle[:5], str(candle.quantity), candle.deals)


def _candle(row: tuple[str | int, ...]) -> Candle:
    start, first, high, low, last, quantity, deals = map(int, row)
    return Candle(start, first, high, low, last, quantity, deals)
