"""Specialised trading on the console: the operator's words for it, and the book of results (art. 42 p. 1)."""

import pytest
from console_venue import NOON

from kase_fix.console.commands import read
from kase_fix.console.given import Wrong
from kase_fix.console.specialised import HOUR
from kase_fix.messages.auction_events import SpecialisedOpened, SpecialisedResult, SpecialisedTurned
from kase_fix.messages.configuration import Instrument
from kase_fix.messages.specialised import (
    Allocation,
    AuctionKind,
    AuctionTerms,
    BookOfResults,
    ConfirmOrder,
    Execution,
    OrderBook,
    SetCutOff,
    Stage,
    Subject,
    Submission,
)
from kase_fix.values.numbers import parse_price

BOND = Instrument("MUM1", "gov", "GOV", "MUM1", "KZT", "", more_boards=("GOV_SPEC", "REPO_DIRECT"), price_kind="clean")


def meant(command, **arguments):
    return read({"command": command, **arguments}, NOON, lambda symbol: BOND if symbol == BOND.symbol else None)


def test_what_is_not_said_has_a_sensible_default():
    """An hour from now, closed, own prices, pro rata, in the kind of price the bond trades in, on its board."""
    command = meant("open_specialised", symbol="MUM1", initiator="ISSUER", volume="1000")
    assert command.by.actor == "makler"
    assert command.terms == AuctionTerms(
        "MUM1", "GOV_SPEC", "ISSUER", "S_ISSUER_0000", AuctionKind.PLACEMENT, 1000, Subject.CLEAN, NOON, NOON + HOUR
    )


def test_all_of_it_can_be_said():
    """Every term of art. 4 p. 1's single seller or buyer."""
    said = {"kind": "buyback", "subject": "yield", "submission": "open", "execution": "single", "allocation": "time"}
    more = {
        "market_share": "70",
        "least": "7.5",
        "board": "X_SPEC",
        "account": "S_1",
        "opens": "13:00",
        "closes": "14:00",
    }
    terms = meant("open_specialised", symbol="MUM1", initiator="I", volume=5, **said, **more).terms
    assert (terms.kind, terms.subject, terms.submission) == (AuctionKind.BUYBACK, Subject.YIELD, Submission.OPEN)
    assert (terms.execution, terms.allocation, terms.market_share) == (Execution.SINGLE, Allocation.TIME, 7000)
    assert (terms.least, terms.board, terms.account) == (parse_price("7.5"), "X_SPEC", "S_1")
    assert (terms.opens, terms.closes) == (NOON + HOUR, NOON + 2 * HOUR)


def test_cut_off_and_confirmation():
    cut = meant("set_cut_off", symbol="MUM1", price="99.5")
    assert isinstance(cut, SetCutOff)
    assert (cut.board, cut.price, cut.quantity) == ("GOV_SPEC", parse_price("99.5"), None)
    assert meant("set_cut_off", symbol="MUM1", price="failed").price is None
    assert meant("set_cut_off", symbol="MUM1", price="99.5", quantity="7").quantity == 7
    confirmed = meant("confirm", order="NS_7", user="CUSTOD")
    assert isinstance(confirmed, ConfirmOrder)
    assert (confirmed.order_id, confirmed.user, confirmed.agreed) == ("NS_7", "CUSTOD", True)
    assert meant("confirm", order="NS_7", user="CUSTOD", agreed="no").agreed is False


@pytest.mark.parametrize(
    ("command", "arguments", "field"),
    [
        ("open_specialised", {"symbol": "MUM1", "initiator": "I", "volume": "x"}, "volume"),
        ("open_specialised", {"symbol": "MUM1", "initiator": "I"}, "volume"),
        ("open_specialised", {"symbol": "MUM1", "initiator": "I", "volume": 1, "kind": "gift"}, "kind"),
        ("open_specialised", {"symbol": "OTHER", "initiator": "I", "volume": 1}, "board"),
        ("open_specialised", {"symbol": "MUM1", "initiator": "I", "volume": 1, "market_share": "x"}, "market_share"),
        ("set_cut_off", {"symbol": "MUM1"}, "price"),
        ("set_cut_off", {"symbol": "MUM1", "price": "much"}, "price"),
        ("confirm", {"order": "NS_7"}, "user"),
    ],
)
def test_what_is_wrong_is_named(command, arguments, field):
    with pytest.raises(Wrong) as wrong:
        meant(command, **arguments)
    assert wrong.value.field == field


async def test_the_book_of_results(pair):
    """What is published: participants, orders submitted and active, limit and market ones, per cent, prices."""
    terms = AuctionTerms(
        "EURKZT_TOM", "X", "I", "A", AuctionKind.SALE, 40, Subject.PRICE, NOON, NOON + HOUR, market_share=7000
    )
    pair.fake.happens(
        (SpecialisedOpened(terms), SpecialisedTurned("EURKZT_TOM", "X", Stage.ACCEPTING, NOON + HOUR)),
    )
    (shown,) = (await pair.client.get("/api/specialised")).json()["specialised"]
    assert (shown["stage"], shown["until"]) == ("accepting", "2020-05-27T13:00:00+06:00")
    assert (shown["volume"], shown["market_share"], shown["results"], shown["failed"]) == (40, "70.00", None, None)
    assert "least" not in shown
    price = parse_price("451.5")
    orders = OrderBook(3, 2, 1, 60, 30, 30, 15_000, price, price, price)
    results = BookOfResults(2, orders, orders, OrderBook(), price)
    pair.fake.happens((SpecialisedResult("EURKZT_TOM", "X", results),))
    (shown,) = (await pair.client.get("/api/specialised?symbol=EURKZT_TOM")).json()["specialised"]
    assert (shown["stage"], shown["until"], shown["results"]["cut_off"]) == ("over", None, "451.50")
    assert shown["results"]["active"] == {
        "orders": 3,
        "limit_orders": 2,
        "market_orders": 1,
        "volume": 60,
        "limit_volume": 30,
        "market_volume": 30,
        "share": "150.00",
        "lowest": "451.50",
        "highest": "451.50",
        "average": "451.50",
    }
    assert shown["results"]["satisfied"]["average"] is None
    assert (await pair.client.get("/api/specialised?symbol=OTHER")).json()["specialised"] == []
