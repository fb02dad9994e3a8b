"""Candles are what the day's deals that count make of them, however they are cancelled and corrected."""

from hypothesis import given, settings
from hypothesis import strategies as st

from kase_fix.marketdata.candles import MINUTE, Candle, in_periods, joined
from kase_fix.marketdata.market import Market
from kase_fix.messages.corrections import BustDeal, CorrectDeal, DealBusted, DealCorrected
from kase_fix.messages.deal_events import Deal
from kase_fix.messages.events import Published
from tests.engine.desk import BOND, EUR, Desk, small

STEPS = st.lists(
    st.tuples(
        st.sampled_from(["deal", "bust", "correct", "wait"]), st.integers(0, 9), st.integers(1, 4), st.integers(0, 30)
    ),
    max_size=40,
)


def plainly(deals, minutes):
    """The candles of (time, price, quantity), piece by piece."""
    pieces = {}
    for time, price, quantity in deals:
        pieces.setdefault(time // (MINUTE * minutes) * minutes, []).append((price, quantity))
    return [
        Candle(
            start,
            one[0][0],
            max(price for price, _ in one),
            min(price for price, _ in one),
            one[-1][0],
            sum(quantity for _, quantity in one),
            len(one),
        )
        for start, one in pieces.items()
    ]


@given(STEPS)
@settings(deadline=None)
def test_the_days_candles(steps):
    desk, deals = Desk(small(), to="11:35"), {}
    minute = 35
    for kind, step, lots, which in steps:
        told = []
        if kind == "wait":
            minute += which
            if minute < 59 + 4 * 60:
                desk.to(f"{11 + minute // 60}:{minute % 60:02d}")
        elif kind == "deal":
            price = f"449.{step}0"
            desk.buy("FIRMA", lots * 1000, price)
            told = desk.sell("FIRMB", lots * 1000, price)
        elif deals:
            deal_id = list(deals)[which % len(deals)]
            terms = () if kind == "bust" else (deals[deal_id][1] + step * 10**6,)
            decision = BustDeal if kind == "bust" else CorrectDeal
            told = desk.decide(decision, deal_id, *terms, document="1")
        for event in told:
            if isinstance(event, Deal):
                deals[event.deal_id] = (desk.now, event.price, event.quantity)
            elif isinstance(event, DealBusted):
                del deals[event.deal.deal_id]
            elif isinstance(event, DealCorrected):
                deals[event.deal.deal_id] = (deals[event.deal.deal_id][0], event.deal.price, event.deal.quantity)
    market = Market()
    for number, events in enumerate(desk.told):
        market.apply(Published(number + 1, desk.commands[number].time, tuple(events)))
    minutes = market.listings[EUR].minutes.candles
    assert market.listings[BOND].minutes.candles == []
    done = list(deals.values())
    assert minutes == plainly(done, 1)
    for period in (5, 15, 30, 60):
        assert in_periods(minutes, period) == plainly(done, period)
    whole = joined(minutes)
    assert (whole is None) == (not done)
    if whole is not None:
        assert (whole.open, whole.close, whole.quantity) == (done[0][1], done[-1][1], sum(one[2] for one in done))
