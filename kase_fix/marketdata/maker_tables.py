"""How market makers kept what they are bound to, as tables: each liability, and each breach of one."""

from kase_fix.calendar.almaty import wall
from kase_fix.marketdata.makers import Makers
from kase_fix.marketdata.quoting import Quoting
from kase_fix.marketdata.table import Column, Table
from kase_fix.values.numbers import format_decimal

SECOND = 1_000_000_000
KEPT, NOT_KEPT, NOTHING_DUE = "kept", "not kept", "nothing due"


def makers_table(fold: Makers, now: int) -> Table:
    """Each liability as it stands at `now`: how long a quote was due, how long it was kept, and whether that is enough.

    A part is cut off to hundredths of a per cent, spans to seconds; what is enough is judged before.
    """
    columns = (
        Column("number", "No", True),
        Column("member", "Member"),
        Column("symbol", "Instrument"),
        Column("board", "Board"),
        Column("due", "Due"),
        Column("kept", "Kept"),
        Column("percent", "%", True),
        Column("asked", "Asked, %", True),
        Column("lapses", "Lapses", True),
        Column("first", "First kept"),
        Column("last", "Last kept"),
        Column("deals", "Deals", True),
        Column("dealt", "Dealt", True),
        Column("now", "Now"),
        Column("outcome", "Outcome"),
    )
    note = "While trading goes on continuously and nothing relieves; dealt on marked orders, bought and sold together."
    return Table("makers", "Market makers", columns, tuple(_liability(one) for one in fold.all(now)), note)


def maker_breaches(fold: Makers, now: int) -> Table:
    """Each breach up to `now`, by liability and in order of time."""
    columns = (
        Column("number", "No", True),
        Column("member", "Member"),
        Column("symbol", "Instrument"),
        Column("begins", "From"),
        Column("ends", "Until"),
        Column("length", "For"),
        Column("kinds", "In what"),
    )
    rows = tuple(
        (
            *_whose(one)[:3],
            _time(breach.begins),
            "" if breach.ends is None else _time(breach.ends),
            _span((now if breach.ends is None else breach.ends) - breach.begins),
            " ".join(breach.kinds),
        )
        for one in fold.all(now)
        for breach in one.breaches
    )
    return Table("maker_breaches", "Breaches of market makers", columns, rows)


def standing(one: Quoting) -> str:
    """Return how a quote stands: in small letters why none is due, or kept; else in what it falls short."""
    return one.idle or " ".join(one.short) or "kept"


def outcome(one: Quoting) -> str:
    """Return whether the part of the time asked for was kept, so far."""
    if not one.due:
        return NOTHING_DUE
    return KEPT if one.is_kept else NOT_KEPT


def _liability(one: Quoting) -> tuple[str, ...]:
    return (
        *_whose(one),
        _span(one.due),
        _span(one.kept),
        format_decimal(one.hundredths, 2, 2) if one.due else "",
        format_decimal(one.liability.share_hundredths, 2, 2),
        str(one.lapses),
        "" if one.first is None else _time(one.first),
        "" if one.last is None else _time(one.last),
        str(one.deals),
        str(one.dealt),
        standing(one),
        outcome(one),
    )


def _whose(one: Quoting) -> tuple[str, str, str, str]:
    liability = one.liability
    return str(liability.number), liability.firm, liability.symbol, liability.board


def _span(length: int) -> str:
    minutes, seconds = divmod(length // SECOND, 60)
    return f"{minutes // 60}:{minutes % 60:02d}:{seconds:02d}"


def _time(moment: int) -> str:
    return wall(moment).strftime("%H:%M:%S")
