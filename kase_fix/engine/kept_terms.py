"""The terms in force (`state.Terms`) in a snapshot."""

import datetime as dt

import msgspec

from kase_fix.engine.state import Terms
from kase_fix.messages.configuration import Instrument, TradingLimits
from kase_fix.messages.decisions import FileApplication
from kase_fix.schedule.changes import Changes, Window


class KeptTerms(msgspec.Struct, frozen=True, array_like=True):
    """`state.Terms`, sorted."""

    boards: list[tuple[str, Window]]
    instruments: list[tuple[tuple[str, str], Window]]
    day_closes: dt.time | None
    services: list[tuple[str, dt.time]]
    limits: list[tuple[str, int | None]]
    hard_limits: list[tuple[str, int | None]]
    suspended: list[str]
    firms_suspended: list[str]
    place: str
    force_majeure: bool
    decided: list[Instrument]
    applications: list[FileApplication]
    user_limits: list[tuple[str, TradingLimits]]


def kept(terms: Terms) -> KeptTerms:
    """Return what is kept of the terms in force."""
    changes = terms.changes
    return KeptTerms(
        sorted(changes.boards.items()),
        sorted(changes.instruments.items()),
        changes.day_closes,
        sorted(changes.services.items()),
        sorted(terms.limits.items()),
        sorted(terms.hard_limits.items()),
        sorted(terms.suspended),
        sorted(terms.firms_suspended),
        terms.place,
        terms.force_majeure,
        [terms.instruments[symbol] for symbol in sorted(terms.instruments)],
        [terms.applications[name] for name in sorted(terms.applications)],
        sorted(terms.user_limits.items()),
    )


def restore(terms: Terms, kept: KeptTerms) -> None:
    """Make these terms the kept ones."""
    terms.changes = Changes(dict(kept.boards), dict(kept.instruments), kept.day_closes, dict(kept.services))
    terms.limits, terms.hard_limits = dict(kept.limits), dict(kept.hard_limits)
    terms.suspended, terms.firms_suspended = set(kept.suspended), set(kept.firms_suspended)
    terms.place, terms.force_majeure = kept.place, kept.force_majeure
    terms.instruments = {instrument.symbol: instrument for instrument in kept.decided}
    terms.applications = {one.application: one for one in kept.applications}
    terms.user_limits = dict(kept.user_limits)
