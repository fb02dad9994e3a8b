"""The day's transitions, in order, and what comes after a moment."""

import datetime as dt
from itertools import islice
from pathlib import Path

import msgspec
import pytest

from kase_fix.calendar.almaty import instant, wall
from kase_fix.calendar.working_days import Calendars
from kase_fix.messages.commands import BoardPhaseChanged, OperationalDayOpened
from kase_fix.messages.configuration import MarketConfiguration
from kase_fix.messages.depository import DepositoryDue
from kase_fix.rulebook.files import load_market
from kase_fix.schedule.page import lines
from kase_fix.schedule.transitions import Transition, day, transitions_after
from kase_fix.values.enums import Phase

CFG = Path(__file__).parent.parent.parent / "cfg"


def date(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


@pytest.fixture(scope="module")
def market() -> MarketConfiguration:
    """The checked-in market with the currencies alone (art. 10-14)."""
    market = load_market(CFG)
    currencies = tuple(instrument for instrument in market.instruments if instrument.scheme == "currency")
    boards = {instrument.board for instrument in currencies}
    return msgspec.structs.replace(
        market, instruments=currencies, boards=tuple(board for board in market.boards if board.code in boards)
    )


@pytest.fixture(scope="module")
def calendars() -> Calendars:
    return Calendars()


def told(transitions: tuple[Transition, ...]) -> list[str]:
    return [f"{wall(transition.time):%H:%M} {transition.key} {transition.clause}" for transition in transitions]


def test_a_working_day_in_order(market, calendars):
    """Art. 5 p. 1, 2; art. 10 p. 1 sp. 1-3."""
    assert told(day(date("2020-05-27"), market, calendars)) == [
        "08:45 day:opens art. 5 p. 1",
        "08:45 service:api:opens art. 5 p. 1",
        "08:50 depository:balances art. 5 p. 4 sp. 1",
        "09:00 service:md:opens support annex 1",
        "10:15 board:FX_TOD:opens art. 10 p. 1 sp. 1",
        "10:15 board:CNY_TOD:opens art. 10 p. 1 sp. 2",
        "10:15 board:FX_TOM:opens art. 10 p. 1 sp. 3",
        "11:00 board:CNY_TOD:closes art. 10 p. 1 sp. 2",
        "11:30 service:control:opens art. 41 p. 1",
        "15:30 board:FX_TOD:closes art. 10 p. 1 sp. 1",
        "17:00 board:FX_TOM:closes art. 10 p. 1 sp. 3",
        "17:30 repo:readiness:additional art. 38 p. 1-1 sp. 2",
        "17:45 repo:readiness:main art. 38 p. 1-1 sp. 1",
        "18:00 service:md:closes support annex 1",
        "18:15 service:control:closes art. 41 p. 1",
        "19:15 day:closes art. 5 p. 4 sp. 2",
    ]


def test_each_transition_carries_the_command_that_is_due(market, calendars):
    """Architecture, law 6: settlement dates and what does not trade enter as the content of a command."""
    opened, *_, closed = (one for one in day(date("2020-05-25"), market, calendars) if one.key.startswith("day:"))
    first = next(one for one in day(date("2020-05-25"), market, calendars) if one.board)
    assert isinstance(opened.command, OperationalDayOpened)
    assert opened.command.not_traded == {"USDKZT_TOD": "art. 11 p. 2", "EURUSD_TOD": "art. 12 p. 3"}
    assert opened.command.settlement["USDKZT_TOM"] == date("2020-05-26")
    assert len(opened.command.settlement) == 13
    assert first.command == BoardPhaseChanged("FX_TOD", Phase.CONTINUOUS, "board:FX_TOD:opens", "art. 10 p. 1 sp. 1")
    assert first.board == "FX_TOD"
    assert closed.command == DepositoryDue("close", "day:closes", "art. 5 p. 4 sp. 2")
    for transition in day(date("2020-05-25"), market, calendars):
        assert transition.command.transition == transition.key
        assert transition.command.clause == transition.clause


def test_no_transitions_on_a_day_off(market, calendars):
    """Art. 4 p. 1."""
    assert day(date("2020-05-30"), market, calendars) == ()
    assert day(date("2020-05-08"), market, calendars) == ()
    assert day(date("2020-12-20"), market, calendars) != ()


def test_at_one_instant_closings_come_before_openings(market, calendars):
    """R-3; a board opens after the operational day opens and closes before it closes (art. 5 p. 1, 2)."""
    times = {"FX_TOD": ("15:30", "19:15"), "CNY_TOD": ("08:45", "15:30"), "FX_TOM": ("15:30", "17:00")}
    boards = tuple(
        msgspec.structs.replace(
            board,
            opens=dt.time.fromisoformat(times[board.code][0]),
            closes=dt.time.fromisoformat(times[board.code][1]),
        )
        for board in market.boards
    )
    transitions = day(date("2020-05-27"), msgspec.structs.replace(market, boards=boards), calendars)
    assert [transition.key for transition in transitions if transition.key.startswith(("day:", "board:"))] == [
        "day:opens",
        "board:CNY_TOD:opens",
        "board:CNY_TOD:closes",
        "board:FX_TOD:opens",
        "board:FX_TOM:opens",
        "board:FX_TOM:closes",
        "board:FX_TOD:closes",
        "day:closes",
    ]


def test_what_comes_next_is_later_than_the_moment(market, calendars):
    """R-3: at the first instant of a window the window is open already."""
    opening = instant(date("2020-05-27"), dt.time(10, 15))
    assert next(transitions_after(opening - 1, market, calendars)).key == "board:FX_TOD:opens"
    assert next(transitions_after(opening, market, calendars)).key == "board:CNY_TOD:closes"


def test_days_off_are_passed_over(market, calendars):
    """Art. 4 p. 1: after Friday comes Monday, and holidays are longer than weekends."""
    for moment, expected in (
        ("2020-05-15 23:00", "2020-05-18 08:45"),
        ("2020-05-16 12:00", "2020-05-18 08:45"),
        ("2020-12-15 19:15", "2020-12-20 08:45"),
        ("2020-12-31 19:15", "2021-01-05 08:45"),
    ):
        at = dt.datetime.fromisoformat(moment)
        following = next(transitions_after(instant(at.date(), at.time()), market, calendars))
        assert f"{wall(following.time):%Y-%m-%d %H:%M}" == expected


def test_the_transitions_of_a_month_ascend(market, calendars):
    """R-3: clock transitions have one order."""
    a_day = len(day(date("2020-06-01"), market, calendars))
    found = list(islice(transitions_after(instant(date("2020-06-01")), market, calendars), 20 * a_day))
    assert [transition.time for transition in found] == sorted(transition.time for transition in found)
    assert sum(transition.key == "day:opens" for transition in found) == 20


def test_the_page_names_windows_articles_and_what_does_not_trade(market, calendars):
    """Contract, `kase-fix schedule`: windows by board, in Almaty time, each with its article."""
    page = "\n".join(lines(date("2020-05-25"), market, calendars))
    assert "2020-05-25 Monday, Almaty time (UTC+06:00)" in page
    for name, window, clause in (
        ("Operational day", "08:45-19:15", "art. 5 p. 1, art. 5 p. 2"),
        ("FX_TOD", "10:15-15:30", "art. 10 p. 1 sp. 1"),
        ("CNY_TOD", "10:15-11:00", "art. 10 p. 1 sp. 2"),
        ("FX_TOM", "10:15-17:00", "art. 10 p. 1 sp. 3"),
    ):
        assert any(line.startswith(name) and window in line and clause in line for line in page.split("\n"))
    assert any("USDKZT_TOD" in line and "art. 11 p. 2" in line and "Memorial Day" in line for line in page.split("\n"))


def test_the_page_of_a_day_off_says_why(market, calendars):
    """Art. 4 p. 1; R-6: an estimate is called one."""
    assert lines(date("2020-07-06"), market, calendars)[-1] == (
        "No trading: not a working day of the Republic (Capital Day; art. 4 p. 1)"
    )
    assert "UTC+05:00" in lines(date("2026-06-01"), market, calendars)[0]
    estimated = Calendars({"USD": {date("2020-05-28"): (False, "a day of mourning (estimated)")}})
    assert any("not announced yet" in line for line in lines(date("2020-05-27"), market, estimated))
