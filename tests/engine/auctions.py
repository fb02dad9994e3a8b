"""A desk on which specialised trading is held: a Ministry bond, a package of shares, and the words for both."""

from functools import cache

import msgspec

from kase_fix.calendar.almaty import parse_instant
from kase_fix.messages.auction_events import SpecialisedResult, SpecialisedTurned
from kase_fix.messages.commands import Confirm
from kase_fix.messages.deal_events import Deal
from kase_fix.messages.order_events import OrderAccepted
from kase_fix.messages.specialised import AuctionKind, AuctionTerms, OpenSpecialised, SetCutOff, Subject, Submission
from kase_fix.rulebook.files import load_market
from kase_fix.values.numbers import parse_price
from tests.engine.desk import DATE, Desk
from tests.engine.market import CFG, one

BOND, BOARD = "MUM180_0014", "GOV_SPEC"
PACKAGE, PACKAGES = "KEGN_GP1", "PACKAGES_SPEC"
SHARE = "KZTO"
LISTED = (BOND, PACKAGE, SHARE)


@cache
def listed():
    """The checked-in market with these instruments alone."""
    market = load_market(CFG)
    instruments = tuple(one for one in market.instruments if one.symbol in LISTED)
    return msgspec.structs.replace(market, instruments=instruments)


def moment(time):
    return parse_instant(time if "T" in time else f"{DATE}T{time}")


def terms(opens="12:00", closes="13:00", **more):
    """An ordinary placement of the bond; times are of the day of the tests."""
    usual = {
        "symbol": BOND,
        "board": BOARD,
        "initiator": "ISSUER",
        "account": "S_ISSUER_0000",
        "kind": AuctionKind.PLACEMENT,
        "volume": 1000,
        "subject": Subject.CLEAN,
        "market_share": 7000,
        "submission": Submission.OPEN,
    }
    if isinstance(more.get("least"), str):
        more["least"] = parse_price(more["least"])
    return AuctionTerms(opens=moment(opens), closes=moment(closes), **usual | more)


class Hall(Desk):
    """A desk with the words of specialised trading."""

    def __init__(self, to="12:00", **opened):
        super().__init__(listed(), to)
        if opened is not None and opened.pop("open", True):
            self.told_at_opening = self.open(**opened)

    def open(self, **more):
        return self.decide(OpenSpecialised, terms(**more), actor="makler")

    def enter(self, user, quantity, price=None, symbol=BOND, board=BOARD, side="buy", **more):
        more.setdefault("account", f"S_{user}_0000")
        act = self.buy if side == "buy" else self.sell
        return act(user, quantity, price, symbol, board=board, **more)

    def taken(self, user, quantity, price=None, **more):
        """The OrderID of an order that is taken."""
        return one(self.enter(user, quantity, price, **more), OrderAccepted).order.order_id

    def cut(self, price, quantity=None, symbol=BOND, board=BOARD):
        price = None if price is None else parse_price(price)
        return self.decide(SetCutOff, symbol, board, price, quantity, actor="makler")

    def confirm(self, order_id, user="CUSTOD", agreed=True):
        return self.send(Confirm(user, order_id, agreed))


def deals(events):
    """{(OrderID of the member, price, quantity)} in order."""
    return [
        (
            event.buy.order_id if event.sell.user == "ISSUER" else event.sell.order_id,
            event.price / 10**8,
            event.quantity,
        )
        for event in events
        if isinstance(event, Deal)
    ]


def stages(events):
    return [event.stage.value for event in events if isinstance(event, SpecialisedTurned)]


def result(events):
    return one(events, SpecialisedResult)
