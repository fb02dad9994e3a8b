"""A robot can say of everything it sent what became of it, and most of what robots do they do in the dollar."""

import random
from collections import Counter
from decimal import Decimal

import pytest

from kase_fix.scenario.client import Client, LineDown
from kase_fix.scenario.trader import MAIN, Listing, Trader
from kase_fix.scenario.wire import Message

LISTINGS = [
    Listing("EURKZT_TOM", 1000, 2, Decimal("450.00")),
    Listing(MAIN, 1000, 2, Decimal("410.00")),
    Listing("RUBKZT_TOM", 50000, 4, Decimal("5.7500")),
]


class Line(Client):
    """A client that keeps what it is given to send, and has what a test lets arrive."""

    def __init__(self) -> None:
        super().__init__("ROB02", "NEXT")
        self.sent = []
        self.down = False
        self.arriving = []

    def send(self, kind, fields, left_out=frozenset()):
        self.session.compose(kind, fields, left_out)
        self.sent.append((kind, dict(fields)))
        if self.down:
            raise LineDown

    def take_all(self):
        arrived, self.arriving = self.arriving, []
        return [Message(kind, list(fields.items())) for kind, fields in arrived]


@pytest.fixture
def line():
    return Line()


@pytest.fixture
def trader(line):
    return Trader(line, random.Random(3), "t")


def accounted(trader) -> dict[str, int]:
    totals = trader.totals()
    answered = totals.get("confirmed", 0) + totals.get("refused", 0)
    assert totals.get("sent", 0) == answered + totals["waiting"] + totals["lost"]
    return totals


def order_of(line, trader) -> str:
    """Let the robot enter an order that is taken; return its OrderID."""
    trader.act([LISTINGS[1]])
    kind, order = line.sent[-1]
    assert kind == "D"
    confirmed = {150: "I", 39: "0", 37: "NF_1", 11: order[11], 55: order[55], 54: order[54], 38: order[38]}
    line.arriving.append(("8", confirmed))
    trader.listen()
    return "NF_1"


def test_most_of_it_in_the_dollar_on_both_sides(line, trader):
    for number in range(400):
        trader.act(LISTINGS)
        kind, sent = line.sent[-1]
        if kind == "D" and sent[59] == "0":
            stands = {150: "I", 39: "0", 37: f"NF_{number}", 11: sent[11], 55: sent[55], 54: sent[54], 38: sent[38]}
            line.arriving.append(("8", stands))
        trader.listen()
    orders = [order for kind, order in line.sent if kind == "D"]
    symbols = Counter(order[55] for order in orders)
    assert symbols[MAIN] > len(orders) / 2
    assert {order[54] for order in orders if order[55] == MAIN} == {"1", "2"}


def test_each_answer_is_counted_once(line, trader):
    order_of(line, trader)
    assert accounted(trader)["confirmed"] == 1
    trader.act([LISTINGS[1]])
    name = line.sent[-1][1][11]
    line.arriving.append(("8", {150: "8", 39: "8", 37: "NONE", 11: name}))
    line.arriving.append(("8", {150: "8", 39: "8", 37: "NONE", 11: name}))
    trader.listen()
    assert accounted(trader)["refused"] == 1


REFUSED = "under the request's own name"


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("9", {11: REFUSED, 37: "NF_1"}),
        ("j", {379: REFUSED}),
        ("3", {45: REFUSED, 371: "38"}),
        # NEXT knows no 9: the order as it stands, under its own ClOrdID, with the reason in two languages
        ("8", {150: "I", 39: "2", 37: "NF_1", 11: "other", 58: "Too late", 355: "Поздно"}),
    ],
    ids=["9", "j", "3", "8 of NEXT"],
)
def test_every_kind_of_refusal_is_an_answer(line, trader, kind, fields):
    order_id = order_of(line, trader)
    trader._cancel(order_id, trader._living[order_id])
    name = str(line.session.next_out - 1) if kind == "3" else line.sent[-1][1][11]
    line.arriving.append((kind, {tag: name if value == REFUSED else value for tag, value in fields.items()}))
    trader.listen()
    totals = accounted(trader)
    assert (totals["confirmed"], totals["refused"], totals["waiting"]) == (1, 1, 0)


def test_what_met_a_dead_line_waits_and_is_lost_with_the_numbers(line, trader):
    line.down = True
    trader.act(LISTINGS)
    assert accounted(trader) == {"sent": 1, "unsent": 1, "waiting": 1, "lost": 0}
    trader.numbers_began_anew()
    assert accounted(trader)["lost"] == 1
    name = line.sent[-1][1][11]
    line.arriving.append(("8", {150: "0", 39: "0", 37: "NF_9", 11: name}))
    trader.listen()
    assert accounted(trader) == {"sent": 1, "unsent": 1, "confirmed": 1, "waiting": 0, "lost": 0}
