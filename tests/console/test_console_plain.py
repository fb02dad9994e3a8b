"""Every event has a plain form, and every price in it is decimal text."""

import ast
import inspect
import json
import re
import typing

from console_venue import DEALT, FAILED, MORNING

from kase_fix.console.plain import PRICES, PRICES_BY_SYMBOL, plain_events
from kase_fix.messages import configuration, deal_terms, direct, fixing, making, order_state, repo, specialised
from kase_fix.messages.auction_events import AuctionDrawn, AuctionEnded
from kase_fix.messages.events import Event, Published


def test_every_field_that_is_a_price_is_known_by_its_name():
    """A price is an integer at run time; only the source says which fields are."""
    named = set()
    inside = (configuration, deal_terms, direct, fixing, making, order_state, repo, specialised)
    for module in {*inside, *(inspect.getmodule(event) for event in typing.get_args(Event))}:
        for node in ast.walk(ast.parse(inspect.getsource(module))):
            if isinstance(node, ast.AnnAssign) and re.search(r"\bPrice\b", ast.unparse(node.annotation)):
                named.add(ast.unparse(node.target))
    assert named == PRICES | PRICES_BY_SYMBOL


def test_events_are_named_field_by_field():
    shown = plain_events(Published(7, 0, (*MORNING[0], *MORNING[1], *MORNING[2], *DEALT, *FAILED)), lambda _: 2)
    assert [one["index"] for one in shown] == list(range(6))
    applied, day, phase, deal = (typing.cast(dict, json.loads(json.dumps(one))) for one in shown[:4])
    assert applied["market"]["instruments"][0]["last_deal"] == "450.00"
    assert applied["market"]["boards"][0]["opens"] == "10:15:00"
    assert (day["date"], day["settlement"]) == ("2020-05-27", {"EURKZT_TOM": "2020-05-28"})
    assert (phase["phase"], phase["symbols"]) == ("continuous", ["EURKZT_TOM"])
    assert deal["sell"]["price"] == "450.10"


def test_the_drawn_end_of_a_standby_is_not_shown():
    """Art. 7 p. 1-2, 4: a random moment is no more random for who could read it."""
    ended = AuctionEnded("EURKZT_TOM", "EUR_TOM", 45010000000, 1000, None, 0, "art. 7 p. 3")
    shown = plain_events(Published(7, 0, (AuctionDrawn("EURKZT_TOM", "EUR_TOM", 9), ended)), lambda _: 2)
    assert [(one["event"], one["index"], one["price"]) for one in shown] == [("auction_ended", 1, "450.10")]
