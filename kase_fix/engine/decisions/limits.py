"""Limits of deviation as the makler or a body of the exchange changes them (art. 8 p. 3, 4; art. 18, 22, 31)."""

from kase_fix.calendar.almaty import date_of, wall
from kase_fix.engine.decisions.telling import tell
from kase_fix.engine.state import Listing, State
from kase_fix.engine.turn import Turn
from kase_fix.messages.day_events import LimitSet
from kase_fix.messages.decisions import ChangeLimit, SetHardLimit
from kase_fix.messages.order_state import Refusal
from kase_fix.rulebook import decisions as rules
from kase_fix.rulebook.refusals import NO_LIMIT, NOT_WIDER, REQUEST_TOO_LATE, UNKNOWN_NAME, WRONG_TIME
from kase_fix.values.numbers import format_decimal


def change_limit(turn: Turn, command: ChangeLimit) -> Refusal | dict[str, str]:
    """Widen or lift an overridable limit to the end of the day at a member's request (art. 8 p. 3; R-9).

    For securities the request, not the makler's act, must come in time (art. 18, 22, 31).
    """
    state = turn.state
    listing = state.listings.get(command.symbol)
    refusal = rules.entitled(command.by, (rules.MAKLER,), "art. 8 p. 3")
    if refusal is not None or listing is None:
        return refusal or Refusal(UNKNOWN_NAME, "art. 8 p. 3", ("instrument", command.symbol))
    if listing.group.limit_hundredths is None:
        return Refusal(NO_LIMIT, listing.group.clauses.limit, (command.symbol,))
    present = state.terms.limits.get(command.symbol, listing.group.limit_hundredths)
    if present is None:  # lifted already
        return Refusal(NO_LIMIT, listing.group.clauses.limit, (command.symbol,))
    if command.hundredths is not None and command.hundredths <= present:
        found = (f"{format_decimal(command.hundredths, 2, 0)} %", f"{format_decimal(present, 2, 0)} %")
        return Refusal(NOT_WIDER, "art. 8 p. 3", found)
    if not _is_member(state, command.requested_by):
        return Refusal(UNKNOWN_NAME, "art. 8 p. 3", ("member", command.requested_by))
    refusal = _too_late(state, listing, command.requested_at, turn.time)
    if refusal is not None:
        return refusal
    limit = "lifted" if command.hundredths is None else f"{format_decimal(command.hundredths, 2, 0)} %"
    russian = "снят" if command.hundredths is None else f"увеличен до {format_decimal(command.hundredths, 2, 0)} %"
    tell(
        turn,
        f"Limit of deviation of {command.symbol}: {limit}, at the request of {command.requested_by}",
        f"Лимит отклонения цены по {command.symbol} {russian} по просьбе {command.requested_by}",
        command.by,
        symbol=command.symbol,
    )
    state.terms.limits[command.symbol] = command.hundredths
    turn.events.append(LimitSet(command.symbol, "overridable", command.hundredths))
    return {"symbol": command.symbol, "limit": limit, "requested_by": command.requested_by}


def set_hard_limit(turn: Turn, command: SetHardLimit) -> Refusal | dict[str, str]:
    """Set, change or lift a hard limit by the decision of the body entitled to it (art. 8 p. 4)."""
    state = turn.state
    listing = state.listings.get(command.symbol)
    refusal = rules.entitled(command.by, rules.OFFICES, "art. 8 p. 4") or rules.documented(command.by, "art. 8 p. 4")
    if refusal is not None or listing is None:
        return refusal or Refusal(UNKNOWN_NAME, "art. 8 p. 4", ("instrument", command.symbol))
    limit = "none" if command.hundredths is None else f"{format_decimal(command.hundredths, 2, 0)} %"
    tell(
        turn,
        f"Hard limit of deviation of {command.symbol}: {limit}",
        f"Жесткий лимит отклонения цены по {command.symbol}: {limit}",
        command.by,
        symbol=command.symbol,
    )
    state.terms.hard_limits[command.symbol] = command.hundredths
    turn.events.append(LimitSet(command.symbol, "hard", command.hundredths))
    return {"symbol": command.symbol, "limit": limit}


def _too_late(state: State, listing: Listing, requested_at: int, now: int) -> Refusal | None:
    """Refuse a request that reached the makler too late before the session's end, or that lies in the future.

    What it would change lasts to the end of the day (R-9): without one there is nothing to change.
    """
    if not state.day_open:
        return Refusal(WRONG_TIME, "art. 8 p. 3", (f"{wall(now):%H:%M:%S}", "no operational day is open"))
    if requested_at > now:
        return Refusal(WRONG_TIME, "art. 8 p. 3", (f"{wall(requested_at):%H:%M:%S}", "it is in the future"))
    if date_of(requested_at) != state.date:
        return Refusal(WRONG_TIME, "art. 8 p. 3", (f"{wall(requested_at):%Y-%m-%d %H:%M:%S}", "it is not of today"))
    minutes = listing.group.limit_request_minutes
    if not minutes or state.date is None:
        return None
    latest = max(state.closes(trading) for trading in listing.boards) - minutes * 60_000_000_000
    if requested_at <= latest:
        return None
    found = (f"{wall(requested_at).time().replace(tzinfo=None):%H:%M:%S}", str(minutes))
    return Refusal(REQUEST_TOO_LATE, listing.group.clauses.limit, found)


def _is_member(state: State, name: str) -> bool:
    """Tell whether this is a member's user or firm."""
    users = state.market.users.values() if state.market is not None else ()
    return any(name in (user.name, user.firm) for user in users)
