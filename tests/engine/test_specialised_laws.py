"""The laws under specialised trading: replay, conservation, and a state that comes back from its bytes."""

from hypothesis import given, settings
from hypothesis import strategies as st

from kase_fix.engine.snapshot import Mark
from kase_fix.messages.auction_events import SpecialisedResult
from kase_fix.messages.deal_events import Deal
from kase_fix.messages.events import CommandFailed
from kase_fix.messages.order_events import OrderAccepted, OrderCancelled
from kase_fix.messages.specialised import Allocation, AuctionKind, Execution, Submission
from kase_fix.values.enums import Side
from tests.engine.auctions import BOARD, BOND, Hall
from tests.engine.desk import same_on_replay

MEMBERS = ("FIRMA", "FIRMB", "FIRMC", "00100")

acts = st.lists(
    st.tuples(
        st.sampled_from(["new", "new", "new", "cancel", "part", "replace", "confirm", "refuse"]),
        st.sampled_from(MEMBERS),
        st.one_of(st.none(), st.integers(95, 105)),
        st.integers(1, 400),
    ),
    max_size=25,
)
opened = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(AuctionKind),
        "submission": st.sampled_from(Submission),
        "execution": st.sampled_from(Execution),
        "allocation": st.sampled_from(Allocation),
        "market_share": st.sampled_from([0, 5000, 10_000]),
    }
)


def play(hall, script, side):
    living = []
    for what, user, price, quantity in script:
        price = None if price is None else str(price)
        if what == "new":
            events = hall.enter(user, quantity, price, side=side)
            living += [(user, event.order.order_id) for event in events if isinstance(event, OrderAccepted)]
        elif living:
            owner, order = living[quantity % len(living)]
            if what in ("cancel", "part"):
                hall.cancel(owner, order, quantity=None if what == "cancel" else quantity % 50 + 1)
            elif what == "replace":
                hall.replace(owner, order, price, quantity=quantity)
            else:
                hall.confirm(order, agreed=what == "confirm")


@settings(max_examples=120, deadline=None)
@given(acts, acts, opened, st.integers(94, 106))
def test_whatever_members_do(first, second, how, cut_off):
    """Laws 1, 4, 7: no defect, the same on replay and from bytes; every order ends as it was dealt or is cancelled."""
    hall = Hall(**how)
    side = "sell" if how["kind"] is AuctionKind.BUYBACK else "buy"
    play(hall, first, side)
    hall.to("12:30")
    mark = Mark(hall.state)
    assert Mark(mark.restore()).bytes == mark.bytes
    hall.engine.state = mark.restore()  # from here on the state that came back
    play(hall, second, side)
    hall.to("13:30:01")
    hall.cut(str(cut_off))
    hall.to("19:15")
    told = [event for events in hall.told for event in events]
    assert not [event for event in told if isinstance(event, CommandFailed)]
    ended(told)
    assert not hall.state.specialised
    assert not hall.state.orders
    assert not hall.state.trading[f"{BOND}@{BOARD}"].apart
    same_on_replay(hall)


def ended(told):
    """One result; what is bought is sold; the book of results says what the deals say; none passes its limit."""
    (result,) = [event for event in told if isinstance(event, SpecialisedResult)]
    deals = [event for event in told if isinstance(event, Deal)]
    filled = {}
    for deal in deals:
        assert {deal.buy.side, deal.sell.side} == {Side.BUY, Side.SELL}
        for state in (deal.buy, deal.sell):
            filled[state.order_id] = filled.get(state.order_id, 0) + deal.quantity
            assert state.filled == filled[state.order_id] <= state.quantity
        assert deal.buy.price is None or deal.price <= deal.buy.price
        assert deal.sell.price is None or deal.price >= deal.sell.price
    assert sum(deal.quantity for deal in deals) == result.results.satisfied.volume <= 1000
    assert bool(deals) is (result.failed == "")
    for event in told:
        if isinstance(event, OrderCancelled):
            assert event.order.filled == filled.get(event.order.order_id, 0)
