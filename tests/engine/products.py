"""A desk with one of each: pairs and their swaps, repo, a bond, a share; and the words to deal in them."""

from functools import cache

import msgspec

from kase_fix.messages.commands import Confirm
from kase_fix.messages.deal_events import Deal
from kase_fix.messages.direct import DirectTerms
from kase_fix.rulebook.files import load_market
from kase_fix.values.numbers import parse_price
from tests.engine.desk import Desk
from tests.engine.market import CFG, one

PAIRS = ("USDKZT", "EURKZT", "RUBKZT", "CNYKZT")
LISTED = (
    *(f"{pair}_{term}" for pair in PAIRS for term in ("TOD", "TOM", "SPT")),
    *(f"{pair}_{first}_{term}" for pair in PAIRS for first in (0, 1) for term in ("001", "002")),
    "R_GS_028",
    "R_GS_001",
    "R_GS_090",
    "RN_MUM180_0014_001",
    "MUM180_0014",
    "BRKLb1",
    "KZTO",
)


@cache
def listed(**changes):
    """The checked-in market with these instruments alone."""
    market = load_market(CFG, dict(changes))
    instruments = tuple(one for one in market.instruments if one.symbol in LISTED)
    return msgspec.structs.replace(market, instruments=instruments)


def desk(to="12:00", date="2020-05-27", **changes):
    return Desk(msgspec.structs.replace(listed(), **changes), to, date)


def trade(desk, symbol, price, quantity, buyer="FIRMA", seller="FIRMB", **more):
    """The deal of two members at a price; who buys comes second."""
    kind = "F" if symbol[:3] in ("USD", "EUR", "RUB", "CNY") else "S"
    desk.sell(seller, quantity, price, symbol, account=f"{kind}_{seller}_0000", **more)
    return one(desk.buy(buyer, quantity, price, symbol, account=f"{kind}_{buyer}_0000", **more), Deal)


def to(counterparty, reference="m1", **terms):
    if "closing_price" in terms:
        terms["closing_price"] = parse_price(terms["closing_price"])
    return DirectTerms(counterparty, reference, **terms)


def agree(desk, symbol, price, quantity, buyer="FIRMA", seller="FIRMB", **terms):
    """Events of the answer by which a direct deal is agreed; the buyer answers."""
    desk.sell(seller, quantity, price, symbol, account=f"S_{seller}_0000", direct=to(buyer, **terms))
    return desk.buy(buyer, quantity, price, symbol, account=f"S_{buyer}_0000", direct=to(seller, **terms))


def confirm(desk, user, reference, agreed=True):
    return desk.send(Confirm(user, reference, agreed))
