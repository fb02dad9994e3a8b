"""The day's schedule as people read it: windows by board in Almaty time, each with its article."""

import datetime as dt

from kase_fix.calendar.almaty import instant, wall
from kase_fix.calendar.settlement import not_traded, settlement_dates, why_not_traded
from kase_fix.calendar.working_days import RK, Calendars
from kase_fix.messages.configuration import MarketConfiguration
from kase_fix.rulebook.operational_day import (
    BALANCES,
    BALANCES_CLAUSE,
    CLOSES,
    CLOSES_CLAUSE,
    CONSENT_CLAUSE,
    CONTROL,
    MARKET_DATA,
    OPENS,
    OPENS_CLAUSE,
    READINESS,
    SERVICE_HOURS,
)

SPECIALISED = "specialised"
SERVICE_NAMES = {CONTROL: "Control system", MARKET_DATA: "FIX-MD"}


def lines(date: dt.date, market: MarketConfiguration, calendars: Calendars) -> list[str]:
    """Return the schedule of a date: windows, settlement dates, and what does not trade with its clause."""
    offset = wall(instant(date, OPENS)).strftime("%z")
    page = [f"{date:%Y-%m-%d %A}, Almaty time (UTC{offset[:3]}:{offset[3:]})"]
    if not calendars.works(date):
        why = calendars.why_closed(RK, date)
        return [*page, f"No trading: not a working day of the Republic ({why}; art. 4 p. 1)"]

    page += [
        "",
        _window("Operational day", OPENS, CLOSES, f"{OPENS_CLAUSE}, {CLOSES_CLAUSE}", "and FIX-API with it (R-2)"),
    ]
    page.append(f"{'Depository':<18}{BALANCES:%H:%M}        {BALANCES_CLAUSE:<26}is asked for the balances")
    page.append(f"{'':<18}{CLOSES:%H:%M}        {CONSENT_CLAUSE:<26}is asked to close the day, which its answer does")
    page += [
        _window(SERVICE_NAMES[name], opens, closes, clause) for name, (opens, closes, clause) in SERVICE_HOURS.items()
    ]
    page += [
        f"{'Closing of repo':<18}readiness, {session} session, until {time:%H:%M}  {clause}"
        for session, (time, clause) in READINESS.items()
    ]
    page.append("")
    closed = not_traded(market.instruments, date, calendars, market.all_days_before)
    for board in market.boards:
        if board.method == SPECIALISED:
            page.append(
                f"{board.code:<18}{'on demand':<11}  {'art. 4 p. 1':<26}{board.title}, as its initiator opens it"
            )
            continue
        listed = [instrument for instrument in market.instruments if instrument.board == board.code]
        nothing = bool(listed) and all(instrument.symbol in closed for instrument in listed)
        remark = "; nothing on it trades today" if nothing else ""
        if board.preliminary is not None:
            remark += f"; preliminary orders from {board.preliminary:%H:%M} ({board.preliminary_clause})"
        page.append(_window(board.code, board.opens, board.closes, board.clause, f"{board.title}{remark}"))

    dates = settlement_dates(market.instruments, date, calendars, market.all_days_before)
    page += ["", "Settlement of today's deals"]
    page += _settlement(market, dates)
    page += _estimates(date, max(dates.values(), default=date), calendars)
    page += ["", "Not traded today" if closed else "Everything listed is traded today"]
    for instrument in market.instruments:
        if instrument.symbol in closed:
            why = why_not_traded(instrument, date, calendars, market.all_days_before)
            page.append(f"  {instrument.symbol:<20}{closed[instrument.symbol]:<22}{why}".rstrip())
    return page


def _window(name: str, opens: dt.time, closes: dt.time, clause: str, more: str = "") -> str:
    return f"{name:<18}{opens:%H:%M}-{closes:%H:%M}  {clause:<26}{more}".rstrip()


def _settlement(market: MarketConfiguration, dates: dict[str, dt.date]) -> list[str]:
    """Return a line for each currency instrument, and one for all securities of a group that share a date."""
    groups = {group.name: group for group in market.groups}
    page: list[str] = []
    counts: dict[tuple[str, dt.date], int] = {}
    for instrument in market.instruments:
        settled = dates.get(instrument.symbol)
        group = groups[instrument.group]
        if settled is None:
            continue
        if group.market == "fx":
            page.append(f"  {instrument.symbol:<20}{settled:%Y-%m-%d}")
        else:
            counts[group.title, settled] = counts.get((group.title, settled), 0) + 1
    return page + [f"  {settled:%Y-%m-%d}  {title} ({count})" for (title, settled), count in counts.items()]


def _estimates(first: dt.date, last: dt.date, calendars: Calendars) -> list[str]:
    """Return a line for each date up to the last settlement that is closed by estimate only (R-6)."""
    dates = (first + dt.timedelta(days=ahead) for ahead in range((last - first).days + 1))
    return [
        f"  {date:%Y-%m-%d}  {name}: {calendars.why_closed(name, date)}; not announced yet"
        for date in dates
        for name in calendars.estimated(date)
    ]
