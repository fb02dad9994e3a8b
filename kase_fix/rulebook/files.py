"""Reads the configuration directory: the market, the password hashes, the decisions on working days.

Files: `market.toml`, `ladders.toml`, `groups.toml`, `boards.toml`, `instruments.toml` and any `instruments/*.toml`,
`members.toml`, `passwords.toml`, `collateral.toml`, `market_makers.toml`, and any `calendar/*.toml`. Each file but
`market.toml` is one table for each entry, named by it. A group or a board may be `like` one that stands above it and
say only what is different.
"""

import datetime as dt
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

from kase_fix.messages.configuration import MarketConfiguration
from kase_fix.rulebook.liabilities import read_liabilities
from kase_fix.rulebook.listing import INSTRUMENT_KEYS, check_numbers, check_underlyings, read_instrument
from kase_fix.rulebook.sections import NAME, SELF_TRADE, read_board, read_collateral, read_group, read_ladder, read_user
from kase_fix.rulebook.table import COMMAND_LINE, ConfigurationError, Given, Table, listed, shown

__all__ = ["ConfigurationError", "belongs_to_market", "load_calendar_decisions", "load_market", "load_passwords"]

STEMS = ("market", "ladders", "groups", "boards", "instruments", "members", "collateral", "market_makers")
MAY_BE_LIKE = ("groups", "boards")
INNER = ("clauses", "forbidden", "instruments", "bond", "price_decision")
"""Tables within an entry that it may leave to the one it is like."""
CALENDARS = ("RK", "KZT", "USD", "EUR", "RUB", "CNY")
ARGON2ID = r"\$argon2id\$v=\d+\$[^$\s]+\$[^$\s]+\$[^$\s]+"
EMPTY: Mapping[str, Table] = MappingProxyType({})
NOTHING: Mapping[str, str] = MappingProxyType({})


def belongs_to_market(key: str) -> bool:
    """Tell whether a `--set` key is one of the market's files (`groups.fx_eur.limit`)."""
    return key.partition(".")[0] in STEMS


def load_market(directory: Path, overrides: Mapping[str, str] = NOTHING) -> MarketConfiguration:
    """Return the market as its files and `--set` keys describe it.

    An override's key is `FILE.ENTRY.FIELD`, `FILE.ENTRY.clauses.FIELD`, or `market.FIELD`; its value is written as in
    the file, without quotes; lists are parted by commas. Raises `ConfigurationError`.
    """
    files = {stem: [directory / f"{stem}.toml"] for stem in STEMS}
    files["instruments"] += sorted((directory / "instruments").glob("*.toml"))
    raw: dict[str, dict[str, object]] = {stem: {} for stem in STEMS}
    places: dict[tuple[str, str], Path] = {}
    for stem, paths in files.items():
        for path in paths:
            for name, values in _read(path).items():
                if name in raw[stem]:
                    raise ConfigurationError(str(path), name, "a second entry", f"none: {places[stem, name]} has it")
                raw[stem][name], places[stem, name] = values, path
    for key, value in overrides.items():
        _override(raw, key, value)
    settings = Table(str(directory / "market.toml"), "market", "", raw["market"])
    self_trade = settings.choice("self_trade", SELF_TRADE)
    all_days_before = settings.flag("all_days_before")
    grace = settings.optional("disconnect_grace_seconds", 30, lambda key: settings.whole(key, 0, 86_400))
    several_days = settings.optional("disconnect_several_days", False, settings.flag)
    quote_entries = settings.optional("greatest_quote_entries", 100, lambda key: settings.whole(key, 1, 1000))
    settings.done()

    def tables(stem: str, like: Mapping[str, Table] = EMPTY) -> dict[str, Table]:
        return dict(_entries(stem, raw[stem], places, like))

    ladders = {name: read_ladder(name, table) for name, table in tables("ladders").items()}
    group_tables = tables("groups")
    groups = {name: read_group(name, table, ladders, INSTRUMENT_KEYS) for name, table in group_tables.items()}
    boards = {code: read_board(code, table, raw["members"]) for code, table in tables("boards").items()}
    common = {name: table.inner("instruments", needed=False) for name, table in group_tables.items()}
    listed = tables("instruments", common)
    instruments = [read_instrument(symbol, table, groups, boards) for symbol, table in listed.items()]
    check_underlyings(instruments, listed, groups)
    check_numbers(instruments, listed)
    owners: dict[str, str] = {}
    users = [read_user(name, table, owners) for name, table in tables("members").items()]
    return MarketConfiguration(
        groups=tuple(groups.values()),
        boards=tuple(boards.values()),
        instruments=tuple(instruments),
        ladders=tuple(ladders.values()),
        users=tuple(users),
        self_trade=self_trade,
        all_days_before=all_days_before,
        disconnect_grace_seconds=grace,
        disconnect_several_days=several_days,
        greatest_quote_entries=quote_entries,
        collateral={name: read_collateral(table) for name, table in tables("collateral").items()},
        makers=read_liabilities(tables("market_makers"), users, instruments, groups, boards),
    )


def load_passwords(directory: Path) -> dict[str, str]:
    """Return the argon2id hash of each user's password; they stay out of the journal (law 6).

    Raises `ConfigurationError`, also for a user who is not in the register.
    """
    path = directory / "passwords.toml"
    values = _read(path)
    members = _read(directory / "members.toml")
    hashes: dict[str, str] = {}
    for user, value in values.items():
        if user not in members:
            raise ConfigurationError(str(path), user, "a hash", "a user of members.toml")
        if not isinstance(value, str) or not re.fullmatch(ARGON2ID, value):
            # What was found may be a password in clear: it must not reach a log.
            raise ConfigurationError(str(path), user, "something else (not shown)", "an argon2id hash")
        hashes[user] = value
    return hashes


def load_calendar_decisions(directory: Path) -> dict[str, dict[dt.date, tuple[bool, str]]]:
    """Return by calendar (`RK`, or a currency) what an operator decided of a date: open or not, and why (R-6).

    In any file of `calendar/`: `[USD.closed]` or `[USD.opened]` with lines `2020-12-24 = "reason"`. No such directory
    is no decision. Raises `ConfigurationError`, also where two lines of the same calendar speak of one date.
    """
    decisions: dict[str, dict[dt.date, tuple[bool, str]]] = {}
    for path in sorted((directory / "calendar").glob("*.toml")):
        for calendar, parts in _read(path).items():
            if calendar not in CALENDARS:
                raise ConfigurationError(str(path), calendar, "an unknown calendar", listed(CALENDARS))
            table = Table(str(path), "calendar", calendar, _table(path, calendar, parts))
            dates = decisions.setdefault(calendar, {})
            for word in ("opened", "closed"):
                lines = table.inner(word, needed=False)
                for text in lines.names:
                    date = _date(lines, text)
                    reason = lines.text(text, expected="a reason as text")
                    if date in dates:
                        raise lines.wrong(text, f"no second decision on {date} for {calendar}")
                    dates[date] = (word == "opened", reason)
            table.done()
    return decisions


def _read(path: Path) -> dict[str, object]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigurationError(str(path), "(file)", error.strerror or "an error", "a readable file") from error
    except UnicodeDecodeError as error:
        raise ConfigurationError(str(path), f"(byte {error.start})", "bytes that are no UTF-8", "UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        place = re.search(r" \((at [^)]*)\)$", str(error))
        found = str(error)[: place.start()] if place else str(error)
        raise ConfigurationError(str(path), f"({place[1] if place else 'file'})", found, "valid TOML") from error


def _entries(
    stem: str, raw: Mapping[str, object], places: Mapping[tuple[str, str], Path], common: Mapping[str, Table]
) -> Iterator[tuple[str, Table]]:
    """Yield the entries of a stem's files: each on the one it is `like`, an instrument on what its group says."""
    above: dict[str, Table] = {}
    for name, values in raw.items():
        path = places[stem, name]
        if not re.fullmatch(NAME, name):
            raise ConfigurationError(str(path), name, shown(name), "a name of letters, digits and _, at most 32")
        own = _table(path, name, values)
        like = common.get(str(own.get("group")))
        if stem in MAY_BE_LIKE and "like" in own:
            like = above[Table(str(path), stem, name, own).choice("like", above)]
        above[name] = table = Table(str(path), stem, name, own, like)
        if stem in MAY_BE_LIKE:
            table.optional("like", "", table.text)
        yield name, table


def _table(path: Path, name: str, value: object) -> dict[str, object]:
    if not isinstance(value, dict):
        raise ConfigurationError(str(path), name, shown(value), "a table")
    return value


def _date(lines: Table, text: str) -> dt.date:
    try:
        if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
            return dt.date.fromisoformat(text)
    except ValueError:
        pass
    raise lines.wrong(text, "a date as the key, like 2020-12-24")


def _override(raw: Mapping[str, dict[str, object]], key: str, value: str) -> None:
    """Put a `--set` value in its place; that the place is one, is checked like any key of the file."""
    stem, *way = key.split(".")
    if stem not in STEMS:
        raise ConfigurationError(COMMAND_LINE, key, "an unknown key", f"a key beginning with {listed(STEMS)}")
    table = raw[stem]
    for place, name in enumerate(way[:-1]):
        inner = table.setdefault(name, {}) if place and name in INNER else table.get(name)
        if not isinstance(inner, dict):
            names = [known for known, part in table.items() if isinstance(part, dict)]
            raise ConfigurationError(COMMAND_LINE, key, f"no {'.'.join(way[: place + 1])} in {stem}", listed(names))
        table = inner
    if not way or (len(way) == 1 and stem != "market") or isinstance(table.get(way[-1]), dict):
        raise ConfigurationError(COMMAND_LINE, key, "a whole table", f"{stem}.ENTRY.FIELD")
    table[way[-1]] = Given(value)
