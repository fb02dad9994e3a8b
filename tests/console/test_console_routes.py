"""Every address of the console, and what it says when something is wrong."""

import asyncio
import datetime as dt

import pytest
from console_venue import DEALT, FAILED, MORNING, SETTINGS, SYSTEM_CLOCK

from kase_fix.console import metrics as metrics_module
from kase_fix.console import venue as venue_module
from kase_fix.messages.auction_events import (
    AuctionDrawn,
    AuctionEnded,
    AuctionIndicated,
    FixingCalled,
    FixingEnded,
    FixingSurplus,
)
from kase_fix.messages.day_events import PhaseEntered
from kase_fix.messages.letters import OperatorTold
from kase_fix.messages.link import Halting
from kase_fix.messages.order_events import OrderShown
from kase_fix.values.enums import Phase, Side

JSON = {"Content-Type": "application/json"}


def problem_of(response, status: int) -> str:
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    document = response.json()
    assert (document["status"], document["type"]) == (status, "about:blank")
    assert document["title"]
    return document["detail"]


async def test_a_book_is_read_after_everything_that_was_applied(pair):
    assert (await pair.client.get("/api/books/EURKZT_TOM")).json() == {
        "symbol": "EURKZT_TOM",
        "board": "EUR_TOM",
        "phase": "continuous",
        "seq": 5,
        "bids": [{"price": "450.10", "quantity": 1000, "orders": 1}],
        "asks": [{"price": "450.25", "quantity": 3000, "orders": 1}],
        "last": {"price": "451.00", "quantity": None, "time": None},
    }
    pair.fake.happens(DEALT)
    book = (await pair.client.get("/api/books/EURKZT_TOM")).json()
    assert (book["seq"], book["bids"]) == (6, [])
    assert book["last"] == {"price": "450.10", "quantity": 1000, "time": "2020-05-27T12:00:00.006000+06:00"}


async def test_in_standby_a_book_shows_the_auction_as_it_would_end_now(pair):
    """R-13; and when it is drawn to end is in no answer."""
    where = ("EURKZT_TOM", "EUR_TOM")

    async def book():
        return (await pair.client.get("/api/books/EURKZT_TOM")).json()

    pair.fake.happens((PhaseEntered("EUR_TOM", Phase.STANDBY, "art. 7 p. 1-1", ("EURKZT_TOM",)),))
    said = await book()
    nothing = {"price": None, "volume": 0, "surplus_side": None, "surplus": 0}
    assert (said["phase"], said["auction"]) == ("standby", nothing)
    pair.fake.happens((AuctionIndicated(*where, 45020000000, 1000, Side.SELL, 500),), (AuctionDrawn(*where, 77),))
    assert (await book())["auction"] == {"price": "450.20", "volume": 1000, "surplus_side": "sell", "surplus": 500}
    events = (await pair.client.get("/api/events?after=6")).json()
    assert ([one["event"] for one in events["events"]], events["next"]) == (["indicated"], 8)
    ended = AuctionEnded(*where, 45020000000, 1000, Side.SELL, 500, "art. 7 p. 1-1")
    pair.fake.happens((ended, PhaseEntered("EUR_TOM", Phase.CONTINUOUS, "art. 12 p. 2", ("EURKZT_TOM",))))
    assert "auction" not in await book()


async def test_in_fixing_a_book_shows_the_called_price_and_the_surplus_once_announced(pair):
    """R-17."""
    where = "EURKZT_TOM", "EUR_TOM", 2, 45020000000

    async def book():
        return (await pair.client.get("/api/books/EURKZT_TOM")).json()

    assert "fixing" not in await book()
    entered = PhaseEntered("EUR_TOM", Phase.FIXING, "art. 12 p. 9", ("EURKZT_TOM",))
    pair.fake.happens((entered, FixingCalled(*where, dt.time(12, 30))))
    said = await book()
    called = {"round": 2, "price": "450.20", "until": "12:30:00", "announced": False, "buy": None, "sell": None}
    assert (said["phase"], said["fixing"]) == ("fixing", called)
    assert "auction" not in said
    pair.fake.happens((FixingSurplus(*where, 3000, 1000),))
    assert (await book())["fixing"] == {**called, "announced": True, "buy": 3000, "sell": 1000}
    pair.fake.happens((FixingCalled("EURKZT_TOM", "EUR_TOM", 3, 45000000000),))
    assert (await book())["fixing"]["until"] == "17:00:00"  # with its session
    pair.fake.happens((FixingEnded("EURKZT_TOM", "EUR_TOM", None, 0, "broken off"),))
    assert "fixing" not in await book()


async def test_a_board_can_be_named(pair):
    """R-30: an instrument may trade on several."""
    for address in ("/api/books/EURKZT_TOM", "/api/deals/EURKZT_TOM"):
        assert (await pair.client.get(f"{address}?board=EUR_TOM")).json()["board"] == "EUR_TOM"
        assert "EUR_TOD" in problem_of(await pair.client.get(f"{address}?board=EUR_TOD"), 404)


async def test_seq_counts_commands_without_events_too(pair):
    pair.fake.number = 77
    assert (await pair.client.get("/api/books/EURKZT_TOM")).json()["seq"] == 77


async def test_a_book_can_be_cut_to_its_best_levels(pair):
    pair.fake.happens((OrderShown("NF_9", "EURKZT_TOM", Side.BUY, 44900000000, 1000),))
    assert len((await pair.client.get("/api/books/EURKZT_TOM?levels=1")).json()["bids"]) == 1
    assert len((await pair.client.get("/api/books/EURKZT_TOM")).json()["bids"]) == 2
    for wrong in ("0", "-1", "x", "²", "9" * 30):
        assert "levels" in problem_of(await pair.client.get("/api/books/EURKZT_TOM", params={"levels": wrong}), 400)


async def test_a_symbol_without_any_deal_has_no_last(pair):
    book = (await pair.client.get("/api/books/EURKZT_TOD")).json()
    assert (book["last"], book["phase"]) == (None, "closed")


async def test_deals_come_latest_first_with_the_day_s_statistics(pair):
    pair.fake.happens(DEALT)
    answer = (await pair.client.get("/api/deals/EURKZT_TOM")).json()
    assert answer["deals"] == [
        {
            "deal_id": "6_1",
            "seq": 6,
            "time": "2020-05-27T12:00:00.006000+06:00",
            "price": "450.10",
            "quantity": 1000,
            "turnover": "450100.00",
            "settlement": "2020-05-28",
            "aggressor": "sell",
            "method": "continuous",
            "cancelled": False,
        }
    ]
    numbers = answer["statistics"]
    assert {numbers[name] for name in ("open", "high", "low", "last", "average")} == {"450.10"}
    assert (numbers["turnover"], numbers["currency"], numbers["reference"]) == ("450100.00", "KZT", "451.00")


@pytest.mark.parametrize("address", ["/api/books/NONE", "/api/deals/NONE"])
async def test_an_unknown_symbol_is_not_found(pair, address):
    assert "NONE" in problem_of(await pair.client.get(address), 404)


async def test_instruments(pair):
    tom, tod = (await pair.client.get("/api/instruments")).json()["instruments"]
    assert (tom["symbol"], tom["lot"], tom["settlement"], tom["reference"]) == (
        "EURKZT_TOM",
        1000,
        "2020-05-28",
        "451.00",
    )
    assert (tom["not_traded"], tod["not_traded"], tod["last"]) == (None, "art. 12 p. 3", None)
    assert (tom["isin"], tom["nin"]) == (None, None)


async def test_events_come_in_pages_of_whole_commands_with_names(pair):
    pair.fake.happens(DEALT)
    page = (await pair.client.get("/api/events?after=2&limit=2")).json()
    assert ([one["seq"] for one in page["events"]], page["next"], page["more"], page["first"]) == ([3, 4], 4, True, 2)
    page = (await pair.client.get(f"/api/events?after={page['next']}")).json()
    assert [(one["seq"], one["index"], one["event"]) for one in page["events"]] == [
        (5, 0, "shown"),
        (6, 0, "deal"),
        (6, 1, "shown"),
    ]
    assert (page["more"], page["seq"]) == (False, 6)
    deal = page["events"][1]
    assert (deal["price"], deal["quantity"], deal["aggressor"]) == ("450.10", 1000, "sell")
    assert deal["buy"]["average"] == "450.10"
    assert (deal["buy"]["kind"], deal["buy"]["entered"]) == ("limit", "2020-05-27T12:00:00+06:00")
    assert (await pair.client.get("/api/events?after=6")).json()["next"] == 6
    problem_of(await pair.client.get("/api/events?after=x"), 400)
    problem_of(await pair.client.get("/api/events?limit=100000"), 400)


async def test_events_are_the_day_s(pair):
    pair.fake.happens(DEALT, MORNING[1])
    page = (await pair.client.get("/api/events")).json()
    assert [one["event"] for one in page["events"]] == ["day_opened"]
    assert page["events"][0]["last_deals"] == {"EURKZT_TOM": "451.00"}


async def test_defects_are_shown(pair):
    pair.fake.happens(FAILED)
    assert (await pair.client.get("/api/incidents")).json()["incidents"] == [
        {
            "seq": 6,
            "time": "2020-05-27T12:00:00.006000+06:00",
            "incident": "command_failed",
            "defect": "KeyError: 'x'",
            "user": "FIRMA",
            "cl_ord_id": "a7",
        }
    ]


async def test_members_messages_are_shown_latest_first_for_the_day_and_the_house_alone(pair):
    said = [OperatorTold("FIRMA", "FIRMA", "Call", text, "e1") for text in ("one", "two")]
    pair.fake.happens(*((event,) for event in said))
    letters = (await pair.client.get("/api/letters")).json()["letters"]
    assert [(one["seq"], one["user"], one["text"]) for one in letters] == [(7, "FIRMA", "two"), (6, "FIRMA", "one")]
    pair.fake.happens(MORNING[1])
    assert (await pair.client.get("/api/letters")).json()["letters"] == []


async def test_the_clock_is_read(pair):
    await pair.client.get("/api/instruments")
    assert (await pair.client.get("/api/clock")).json() == {
        "time": "2020-05-27T12:00:00+06:00",
        "rehearsal": True,
        "seq": 5,
        "marked": 3,
        "day": "2020-05-27",
        "open": True,
        "speed": 5,
    }


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer rehearsal"}])
async def test_a_rehearsal_s_clock_moves_with_and_without_the_token(pair, headers):
    moved = await pair.client.post("/api/clock", json={"by": 600}, headers=headers)
    assert (moved.status_code, moved.json()["time"], moved.json()["seq"]) == (200, "2020-05-27T12:10:00+06:00", 5)
    for to in ("2020-05-27T12:30:00", "2020-05-27T06:31:00Z", "2020-05-27T12:32:00.5+06:00"):
        moved = await pair.client.post("/api/clock", json={"to": to}, headers=headers)
        assert moved.status_code == 200
    assert moved.json()["time"] == "2020-05-27T12:32:00.500000+06:00"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"{}",
        b'{"by": 1, "to": "2020-05-27T12:30:00"}',
        b'{"by": -1}',
        b'{"by": true}',
        b'{"by": "600"}',
        b'{"by": 99999999999999999999}',
        b'{"by": 1, "extra": 1}',
        b'{"to": "noon"}',
        b'{"to": "2020-05-27"}',
        b'{"to": "9999-12-31T23:59:59"}',
        b'{"to": "0001-01-01T00:00:00"}',
        b'{"to": "2020-05-27T11:59:59"}',
        b'{"to": "2021-05-28T12:00:01"}',
    ],
)
async def test_a_wrong_move_of_the_clock_is_refused(pair, content):
    assert problem_of(await pair.client.post("/api/clock", content=content, headers=JSON), 400)
    assert (await pair.client.get("/api/clock")).json()["time"] == "2020-05-27T12:00:00+06:00"


async def test_the_clock_moves_by_366_days_at_most_at_once(pair):
    for move in ({"to": "2021-05-28T12:00:00"}, {"by": 366 * 86_400}):
        assert (await pair.client.post("/api/clock", json=move)).status_code == 200


@pytest.mark.parametrize("kind", [None, "text/plain", "application/x-www-form-urlencoded", "application/jsonp"])
async def test_a_move_of_the_clock_that_another_site_could_send_is_refused(pair, kind):
    headers = {} if kind is None else {"Content-Type": kind}
    problem_of(await pair.client.post("/api/clock", content=b'{"by": 1}', headers=headers), 415)
    assert pair.fake.asked == []
    headers = {"Content-Type": "Application/JSON; charset=utf-8"}
    assert (await pair.client.post("/api/clock", content=b'{"by": 1}', headers=headers)).status_code == 200


async def test_a_wrong_token_is_refused(pair):
    for wrong in ("Bearer other", "Basic rehearsal", "Bearer", "Bearer é"):
        response = await pair.client.post("/api/clock", json={"by": 1}, headers={"Authorization": wrong.encode()})
        problem_of(response, 401)
        assert response.headers["www-authenticate"] == "Bearer"
    assert pair.fake.asked == []


async def test_the_system_s_clock_is_nobody_s_to_move(join):
    pair = await join(SYSTEM_CLOCK)
    problem_of(await pair.client.post("/api/clock", json={"by": 1}), 409)
    problem_of(await pair.client.post("/api/clock", json={"by": 1}, headers={"Authorization": "Bearer secret"}), 409)
    problem_of(await pair.client.post("/api/clock", json={"by": 1}, headers={"Authorization": "Bearer x"}), 401)


async def test_a_body_too_long_for_anything_is_refused(pair):
    problem_of(await pair.client.post("/api/clock", content=b" " * 100_000, headers=JSON), 413)


@pytest.mark.parametrize(
    ("method", "address", "status"),
    [("GET", "/nothing", 404), ("GET", "/api/operator", 405), ("DELETE", "/api/clock", 405), ("POST", "/", 405)],
)
async def test_what_is_not_there_is_a_problem_document(pair, method, address, status):
    response = await pair.client.request(method, address)
    assert address in problem_of(response, status)
    assert ("allow" in response.headers) == (status == 405)


async def test_a_defect_of_the_console_is_a_problem_document(pair, monkeypatch):
    monkeypatch.setattr(pair.venue.picture, "log", None)
    monkeypatch.setattr(pair.venue.picture, "apply", lambda _: None)
    assert "AttributeError" in problem_of(await pair.client.get("/api/events"), 500)
    assert 'status="500"' in (await pair.client.get("/metrics")).text


async def test_health(pair):
    response = await pair.client.get("/healthz")
    assert response.json() == {
        "status": "ok",
        "seq": 5,
        "day": "2020-05-27",
        "open": True,
        "services": {"api": "127.0.0.1:9880"},
    }


async def test_a_venue_without_a_configuration_is_not_well(join):
    pair = await join(SETTINGS)
    problem_of(await pair.client.get("/healthz"), 503)


async def test_metrics(pair):
    pair.fake.happens(DEALT, FAILED)
    await pair.client.get("/api/books/EURKZT_TOM")
    pair.fake.status = {
        "orders-accepted": 12,
        "version": "1",
        "sessions": [{"user": "FIRMA", "service": "api", "logged_on": True}, {"user": "FIRMB", "logged_on": False}],
    }
    text = (await pair.client.get("/metrics")).text
    for line in (
        'kase_console_requests_total{method="GET",route="book",status="200"} 1.0',
        "kase_console_last_command 7.0",
        "kase_console_deals_of_day 1.0",
        "kase_console_orders_shown 1.0",
        "kase_console_commands_failed 1.0",
        "kase_venue_up 1.0",
        "kase_venue_halted 0.0",
        "kase_venue_orders_accepted 12.0",
        'kase_venue_sessions_logged_on{service="api",user="FIRMA"} 1.0',
        'kase_venue_sessions_logged_on{service="",user="FIRMB"} 0.0',
    ):
        assert line in text.splitlines()


async def test_a_silent_venue_makes_reads_unavailable(pair, monkeypatch):
    pair.fake.silent = True
    monkeypatch.setattr(venue_module, "PATIENCE", 0.01)
    monkeypatch.setattr(metrics_module, "HEALTH_PATIENCE", 0.01)
    for address in ("/api/books/EURKZT_TOM", "/api/deals/EURKZT_TOM", "/api/events", "/api/clock", "/healthz"):
        response = await pair.client.get(address)
        problem_of(response, 503)
        assert response.headers["retry-after"] == "1"
    assert "kase_venue_up 0.0" in (await pair.client.get("/metrics")).text.splitlines()


async def test_a_venue_that_halts_is_not_asked_any_more_and_everyone_hears_why(pair):
    pair.fake.silent = True
    asked = asyncio.create_task(pair.client.get("/healthz"))
    while not pair.fake.asked:
        await asyncio.sleep(0)
    await pair.fake.tell(Halting("the journal cannot be written: No space left on device (ENOSPC)"))
    for response in (await asked, await pair.client.get("/healthz"), await pair.client.get("/api/clock")):
        assert "it halts: the journal cannot be written: No space left on device (ENOSPC)" in problem_of(response, 503)
    lines = (await pair.client.get("/metrics")).text.splitlines()
    assert {"kase_venue_up 0.0", "kase_venue_halted 1.0"} <= set(lines)
    assert len(pair.fake.asked) == 1


async def test_a_venue_that_is_gone_is_noticed_by_who_waits_for_it(pair):
    pair.fake.silent = True
    pair.theirs.shutdown(2)
    assert "gone" in problem_of(await pair.client.get("/api/books/EURKZT_TOM"), 503)
    assert "gone" in problem_of(await pair.client.get("/api/books/EURKZT_TOM"), 503)


async def test_the_page_and_its_parts_come_from_here(pair):
    page = await pair.client.get("/")
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "default-src 'none'" in page.headers["content-security-policy"]
    for name, media_type in (("console.js", "text/javascript"), ("console.css", "text/css")):
        assert f'"/{name}"' in page.text
        part = await pair.client.get(f"/{name}")
        assert part.headers["content-type"].startswith(media_type)
        assert "://" not in part.text
    assert "://" not in page.text


async def test_a_long_day_is_folded_while_requests_are_answered(pair):
    shown = [OrderShown(f"NS_{number}", "EURKZT_TOM", Side.BUY, 44900000000, 1000) for number in range(2000)]
    pair.fake.happens(*((one,) for one in shown))
    book = (await pair.client.get("/api/books/EURKZT_TOM")).json()
    assert (book["seq"], book["bids"][1]["orders"]) == (2005, 2000)


async def test_the_results_of_the_day_so_far(pair):
    """Results of the day (issue 5 item 8): the tables of the report, of today alone."""
    pair.fake.happens(DEALT)
    results = (await pair.client.get("/api/results?date=2020-05-27")).json()
    assert (results["date"], results["closed"], results["deals"], results["turnover_tenge"]) == (
        "2020-05-27",
        False,
        1,
        "450100.00",
    )
    (line,) = results["instruments"]
    assert (line["symbol"], line["first"], line["quantity"], line["deals"]) == ("EURKZT_TOM", "450.10", "1000", "1")
    assert {"kinds", "auctions", "repo", "open_repo", "obligations", "availability"} <= set(results)
    detail = problem_of(await pair.client.get("/api/results?date=2020-05-26"), 404)
    assert detail == "Here are the results of 2020-05-27 alone; 'kase-fix report day' reads former days."


@pytest.mark.parametrize("address", ["/api/events", "/api/letters", "/api/results", "/api/makers"])
async def test_what_names_members_is_for_the_house(join, address):
    """Outside a rehearsal orders, accounts and obligations are shown to an operator alone."""
    pair = await join(SYSTEM_CLOCK)
    pair.fake.happens(*MORNING)
    assert problem_of(await pair.client.get(address), 401)
    wrong = await pair.client.get(address, headers={"Authorization": "Bearer wrong"})
    assert wrong.status_code == 401
    assert (await pair.client.get(address, headers={"Authorization": "Bearer secret"})).status_code == 200
