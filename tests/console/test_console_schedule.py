"""The schedule over HTTP: any date, with the turns of today's boards (art. 4, 5)."""

import datetime as dt

from console_venue import CONFIGURATION, SETTINGS, TODAY
from test_console_routes import problem_of

from kase_fix.app.operator_views import schedule_view
from kase_fix.calendar.working_days import Calendars
from kase_fix.messages.day_events import InstrumentChanged, TradingSuspended
from kase_fix.schedule.changes import Changes, Window


async def test_today_has_its_phases_and_turns(pair):
    for address in ("/api/schedule", "/api/schedule?date=2020-05-27"):
        schedule = (await pair.client.get(address)).json()
        tod, tom = schedule["windows"]
        assert (tom["board"], tom["phase"], tom["symbols"]) == ("EUR_TOM", "continuous", ["EURKZT_TOM"])
        assert (tom["opens"], tom["closes"]) == ("2020-05-27T10:15:00+06:00", "2020-05-27T17:00:00+06:00")
        assert (tod["traded"], tod["phase"], tod["changed"]) == (1, "closed", False)
        assert [turn["phase"] for turn in schedule["turns"]] == ["continuous"]
        assert schedule["day"]["closes"] == "2020-05-27T19:15:00+06:00"
        assert schedule["open"] is True
    brief = (await pair.client.get("/api/schedule?symbols=no")).json()["windows"][0]
    assert "symbols" not in brief


async def test_a_board_that_is_suspended_says_so(pair):
    pair.fake.happens((TradingSuspended("EUR_TOM", ("EURKZT_TOM",), True),))
    phases = {one["board"]: one["phase"] for one in (await pair.client.get("/api/schedule")).json()["windows"]}
    assert phases == {"EUR_TOM": "suspended", "EUR_TOD": "closed"}


async def test_any_date_can_be_asked_for(pair):
    holiday = (await pair.client.get("/api/schedule?date=2020-05-09")).json()
    assert (holiday["works"], holiday["windows"], holiday["open"]) == (False, [], False)
    assert holiday["why"]
    good_friday = (await pair.client.get("/api/schedule?date=2020-04-10")).json()
    tod, tom = good_friday["windows"]
    assert (tod["symbols"], tom["phase"]) == ([], None)
    assert tod["not_traded"].keys() == good_friday["not_traded"].keys() == {"EURKZT_TOD"}
    assert tod["not_traded"]["EURKZT_TOD"].startswith("art. 12")
    assert good_friday["settlement"]["EURKZT_TOM"] == "2020-04-14"
    for wrong in ("tomorrow", "9999-01-01", "1900-01-01"):
        problem_of(await pair.client.get(f"/api/schedule?date={wrong}"), 400)


async def test_before_the_first_day_it_is_the_date_of_the_venue(join):
    pair = await join(SETTINGS)
    assert (await pair.client.get("/api/schedule")).json()["date"] == "2020-05-26"


async def test_it_is_asked_anew_only_after_something_changed(pair):
    for _ in range(3):
        await pair.client.get("/api/schedule")
    assert [one.verb for one in pair.fake.asked].count("schedule") == 1
    pair.fake.happens((InstrumentChanged(CONFIGURATION.instruments[0]),))
    await pair.client.get("/api/schedule")
    assert [one.verb for one in pair.fake.asked].count("schedule") == 2


def test_windows_are_those_that_were_decided():
    changes = Changes(
        {"EUR_TOM": Window(dt.time(10, 15), dt.time(17, 30))},
        {("EUR_TOD", "EURKZT_TOD"): Window(dt.time(11), dt.time(11, 45))},
        dt.time(20),
        {"control": dt.time(19)},
    )
    plan = schedule_view(TODAY, CONFIGURATION, Calendars(), changes)
    windows = {window["board"]: window for window in plan["windows"]}
    assert (windows["EUR_TOM"]["changed"], windows["EUR_TOM"]["closes"]) == (True, "2020-05-27T17:30:00+06:00")
    assert windows["EUR_TOD"]["own"] == {
        "EURKZT_TOD": {"opens": "2020-05-27T11:00:00+06:00", "closes": "2020-05-27T11:45:00+06:00"}
    }
    assert plan["day"]["closes"] == "2020-05-27T20:00:00+06:00"
    control = next(one for one in plan["services"] if one["service"] == "control")
    assert (control["opens"], control["closes"]) == ("2020-05-27T11:30:00+06:00", "2020-05-27T19:00:00+06:00")
