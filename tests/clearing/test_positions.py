"""Positions follow the deals, and nothing is made or lost."""

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from kase_fix.clearing.ledger import Ledger
from kase_fix.clearing.obligations import Key
from kase_fix.clearing.positions import Positions
from kase_fix.messages.configuration import Clauses, Group, Instrument, MarketConfiguration, User
from kase_fix.messages.day_events import ConfigurationApplied, DayOpened
from kase_fix.messages.deal_events import Deal
from kase_fix.messages.deal_terms import Traded
from kase_fix.messages.order_state import OrderState
from kase_fix.values.enums import OrderKind, OrderStatus, Side, TimeInForce
from kase_fix.values.numbers import parse_price

TODAY = dt.date(2020, 5, 27)
PAIRS = {"EURKZT_TOM": ("EUR", "KZT"), "EURUSD_TOM": ("EUR", "USD"), "USDKZT_TOD": ("USD", "KZT")}
GROUP = Group("fx", "FX", "fx", "NF", 1000, 2, Clauses("", "", ""))
CONFIGURATION = MarketConfiguration(
    groups=(GROUP,),
    boards=(),
    instruments=tuple(
        Instrument(symbol, "fx", "FX", currency, quote, symbol[-3:]) for symbol, (currency, quote) in PAIRS.items()
    ),
    ladders=(),
    users=(User("FIRMA", "FIRMA", (), ("A1", "A2")), User("FIRMB", "FIRMB", (), ("B1",))),
)


def order(account: str, symbol: str, side: Side) -> OrderState:
    return OrderState(
        order_id="NF_1",
        user="U",
        firm="U",
        cl_ord_id="1",
        account=account,
        symbol=symbol,
        board="FX",
        side=side,
        kind=OrderKind.LIMIT,
        tif=TimeInForce.DAY,
        quantity=1,
        leaves=0,
        filled=1,
        status=OrderStatus.FILLED,
        price=1,
        average=1,
        display=None,
        expire_date=None,
        text="",
        transact_time="",
        entered=0,
    )


def deal(symbol: str, buyer: str, seller: str, price: int, quantity: int, days: int = 1) -> Deal:
    sides = order(buyer, symbol, Side.BUY), order(seller, symbol, Side.SELL)
    settlement = TODAY + dt.timedelta(days=days)
    what = Traded(*PAIRS[symbol], 100)
    return Deal("1", symbol, "FX", price, quantity, settlement, Side.BUY, "continuous", *sides, traded=what)


def opened(positions: Positions, days: int) -> DayOpened:
    """The opening of a later day, as the engine's own ledger has it."""
    ledger = Ledger()
    ledger.amounts = {key: amount for key, amount in positions.of_accounts(["A1", "A2", "B1"]).items() if amount}
    date = TODAY + dt.timedelta(days=days)
    return DayOpened(date, {}, {}, {}, "art. 5 p. 1", obligations=ledger.begin_day(date))


def folded(*deals: Deal) -> Positions:
    positions = Positions()
    for event in (ConfigurationApplied(CONFIGURATION), *deals):
        positions.apply(event)
    return positions


def test_a_buyer_gets_the_currency_and_owes_its_price():
    positions = folded(deal("EURKZT_TOM", "A1", "B1", parse_price("450.10"), 1000))
    date = TODAY + dt.timedelta(days=1)
    assert positions.of_user("FIRMA") == {Key("A1", "EUR", date): 1000_00, Key("A1", "KZT", date): -450100_00}
    assert positions.of_user("FIRMB") == {Key("B1", "EUR", date): -1000_00, Key("B1", "KZT", date): 450100_00}
    assert positions.of_user("?") == {}
    assert positions.amount("A1", "USD", date) == 0


def test_settled_dates_are_dropped_when_a_day_opens():
    positions = folded(
        deal("USDKZT_TOD", "A1", "B1", parse_price("410"), 1000, 0),
        deal("EURKZT_TOM", "A1", "B1", parse_price("450"), 1000, 1),
    )
    positions.apply(opened(positions, 1))
    assert {key.asset for key in positions.of_accounts(["A1"])} == {"EUR", "KZT"}


DEALS = st.builds(
    deal,
    symbol=st.sampled_from(sorted(PAIRS)),
    buyer=st.sampled_from(["A1", "A2", "B1"]),
    seller=st.sampled_from(["A1", "A2", "B1"]),
    price=st.integers(-(10**12), 10**12),
    quantity=st.integers(1, 10**9),
    days=st.integers(0, 3),
)


@given(st.lists(DEALS, max_size=40), st.integers(0, 3))
def test_every_currency_sums_to_nothing_on_every_date(deals: list[Deal], days: int):
    positions = folded(*deals)
    assert set(positions.totals().values()) <= {0}
    positions.apply(opened(positions, days))
    assert set(positions.totals().values()) <= {0}
    assert all(date >= TODAY + dt.timedelta(days=days) for _, date in positions.totals())
