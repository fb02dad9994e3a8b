"""A fixing as market data and the console have it: the call at once, the surplus later (art. 12 p. 9; R-17)."""

import datetime as dt

from kase_fix.marketdata.fixing import Called
from kase_fix.marketdata.market import Market
from kase_fix.messages.events import Published
from kase_fix.values.enums import Phase
from kase_fix.values.numbers import parse_price
from tests.engine.desk import DOLLAR, EUR, FX
from tests.engine.makler import Makler


def folded(desk):
    market = Market()
    for number, events in enumerate(desk.told, start=1):
        market.apply(Published(number, number, tuple(events)))
    return market


def test_the_present_round_is_known_while_it_runs():
    """Nobody knows of a quantity before the surplus is announced; the next call makes it unknown again."""
    desk = Makler(to="12:00")
    desk.fixing("451.00", until=dt.time(12, 30))
    desk.buy("FIRMA", 3000, "451.00")
    desk.sell("FIRMB", 1000, "451.00")
    here = folded(desk).listings[EUR].on(FX)
    assert here.fixing.called == Called(1, parse_price("451"), dt.time(12, 30))
    assert (here.auction.indication.price, here.auction.indication.volume) == (parse_price("451"), 0)
    assert here.depth.orders == 0
    desk.announce()
    here = folded(desk).listings[EUR].on(FX)
    assert (here.fixing.called.buy, here.fixing.called.sell) == (3000, 1000)
    assert (here.auction.indication.volume, here.auction.indication.surplus) == (1000, 2000)
    desk.call("450.00")
    assert folded(desk).listings[EUR].on(FX).fixing.called == Called(2, parse_price("450"), dt.time(12, 30))
    desk.to("12:30")
    here = folded(desk).listings[EUR].on(FX)
    assert (here.fixing.called, here.auction.indication) == (None, None)
    assert (here.auction.cut_off.price, here.auction.cut_off.volume) == (parse_price("451"), 1000)


def test_one_instrument_turns_and_its_board_does_not():
    """The board is no other for it: vendors hear of the instrument alone, at the beginning and at the end."""
    desk = Makler(to="12:00")
    for step in (desk.fixing, desk.end):
        step()
        market = folded(desk)
        assert market.whole == []
        assert market.phases.of_board(FX) is Phase.CONTINUOUS
        assert market.phases.of_symbol(FX, DOLLAR) is Phase.CONTINUOUS
        assert (market.phases.of_symbol(FX, EUR) is Phase.FIXING) is (step == desk.fixing)
