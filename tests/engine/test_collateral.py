"""Collateral: what an order may cost is blocked on its account and released with it (art. 7 p. 2)."""

from hypothesis import given, settings
from hypothesis import strategies as st

from kase_fix.engine.collateral import blocked, free_of
from kase_fix.messages.deal_events import Deal
from kase_fix.messages.depository import DepositoryAnswered
from kase_fix.messages.fixing import CallPrice, OrderFixing
from kase_fix.messages.order_events import OrderAccepted, OrderFormed, OrderRefused, PreliminaryEnded
from kase_fix.values.enums import Side, TimeInForce
from kase_fix.values.numbers import parse_price
from tests.engine.desk import same_on_replay
from tests.engine.market import one, words
from tests.engine.products import agree, desk, to

MONEY = 10_000_00
"""What each account has: 10 000 tenge, and 100 bonds."""


def load(here, money=MONEY, bonds=100):
    """Let the depository answer what stands: the same for everybody."""
    accounts = [f"S_{user}_0000" for user in ("FIRMA", "FIRMB", "FIRMC")]
    balances = tuple(
        (account, asset, amount) for account in accounts for asset, amount in (("KZT", money), ("BRKLb1", bonds))
    )
    totals = (("BRKLb1", 3 * bonds), ("KZT", 3 * money))
    (request,) = here.state.depository.pending
    here.send(DepositoryAnswered(request.request, "balances", True, "", balances, totals))


def poor(**amounts):
    here = desk(to="08:49")
    here.expects(silent="yes")
    here.to("08:51")
    load(here, **amounts)
    here.to("11:45")
    return here


def free(here, user, asset="KZT"):
    return free_of(here.state, f"S_{user}_0000", asset)


def order(here, side, quantity, price, user="FIRMA", **more):
    events = (here.buy if side is Side.BUY else here.sell)(
        user, quantity, price, "BRKLb1", account=f"S_{user}_0000", **more
    )
    return next(event for event in events if isinstance(event, OrderAccepted | OrderRefused))


def test_a_purchase_needs_its_money_with_the_interest_accrued():
    """art. 7 p. 2: 10 bonds at 98.75 % are 9 875.00 and 26.92 of interest each: 10 144.20, too much for 10 000."""
    here = poor()
    refused = order(here, Side.BUY, 10, "98.75")
    assert (refused.refusal.code, refused.refusal.clause) == ("not_enough_money", "art. 7 p. 2")
    assert refused.refusal.found == ("S_FIRMA_0000", "10000.00", "KZT", "10144.20")
    taken = order(here, Side.BUY, 9, "98.75").order
    assert free(here, "FIRMA") == MONEY - 9 * (98_750 + 2_692)
    assert order(here, Side.BUY, 1, "98.75").refusal.found[1] == "870.22"
    here.cancel("FIRMA", taken.order_id)
    assert free(here, "FIRMA") == MONEY
    same_on_replay(here)


def test_a_sale_needs_its_securities():
    """art. 7 p. 2: 21 for what is not there."""
    here = poor()
    order(here, Side.SELL, 60, "99.00")
    refused = order(here, Side.SELL, 41, "99.00")
    assert (refused.refusal.code, refused.refusal.found) == (
        "not_enough_securities",
        ("S_FIRMA_0000", "40", "BRKLb1", "41"),
    )
    assert isinstance(order(here, Side.SELL, 40, "99.00"), OrderAccepted)


def test_a_change_counts_its_new_terms_alone():
    """art. 7 p. 2: what the order blocks so far is free for itself."""
    here = poor()
    taken = order(here, Side.BUY, 9, "98.75").order
    assert words(here.replace("FIRMA", taken.order_id, "98.00")) == ["OrderReplaced"]
    (event,) = here.replace("FIRMA", taken.order_id, quantity=10)
    assert event.refusal.code == "not_enough_money"
    assert free(here, "FIRMA") == MONEY - 9 * (98_000 + 2_692)


def test_deals_move_what_is_free_today():
    """art. 7 p. 2: what is bought T+0 may be sold again, the money of a sale used again."""
    here = poor()
    deal = one(agree(here, "BRKLb1", "98.75", 5), Deal)
    assert free(here, "FIRMA", "BRKLb1") == 105
    assert free(here, "FIRMB", "BRKLb1") == 95
    assert MONEY - free(here, "FIRMA") == free(here, "FIRMB") - MONEY == deal.terms.amount
    here.sell("FIRMB", 96, "98.75", "BRKLb1", account="S_FIRMB_0000", direct=to("FIRMC"))
    assert blocked(here.state, "S_FIRMB_0000", "BRKLb1") == 0


def test_what_waits_for_its_counterparty_blocks_too():
    """art. 7 p. 2, R-18: from entry to answer, refusal or expiry."""
    here = poor()
    waiting = order(here, Side.SELL, 70, "98.75", direct=to("FIRMB")).order
    assert free(here, "FIRMA", "BRKLb1") == 30
    here.cancel("FIRMB", waiting.order_id)
    assert free(here, "FIRMA", "BRKLb1") == 100


def test_preliminary_orders_are_covered_each_morning():
    """art. 7 p. 2, R-5: overnight an order of several days blocks nothing; in the morning it is checked anew."""
    here = poor()
    order(here, Side.SELL, 80, "99.00", tif=TimeInForce.GTC)
    here.to("17:01")
    assert blocked(here.state, "S_FIRMA_0000", "BRKLb1") == 0
    here.to("2020-05-28T08:51")
    load(here, bonds=79)
    skipped = one(here.to("11:06"), PreliminaryEnded)
    assert skipped.refusal.code == "not_enough_securities"
    here.to("2020-05-29T08:51")
    load(here, bonds=80)
    one(here.to("11:06"), OrderFormed)
    assert blocked(here.state, "S_FIRMA_0000", "BRKLb1") == 80


def test_only_what_settles_at_once_is_covered():
    """R-21: T+2 and currencies are not; the rule is the board's and the instrument's."""
    here = poor()
    assert isinstance(here.buy("FIRMA", 1000, "450.00", "EURKZT_TOM")[0], OrderAccepted)


def test_of_a_fixings_rounds_the_dearest_counts():
    """art. 7 p. 2, R-17: one round alone is executed."""
    here = poor()
    here.decide(OrderFixing, "BRKLb1", "CORP", parse_price("98.75"), None)
    assert isinstance(order(here, Side.BUY, 9, "98.75"), OrderAccepted)
    here.decide(CallPrice, "BRKLb1", "CORP", parse_price("90.00"), actor="makler")
    assert isinstance(order(here, Side.BUY, 10, "90.00"), OrderAccepted)
    assert blocked(here.state, "S_FIRMA_0000", "KZT") == 10 * (90_000 + 2_692)
    assert order(here, Side.BUY, 1, "90.00").refusal.code == "not_enough_money"


steps = st.lists(
    st.tuples(
        st.sampled_from(("new", "new", "direct", "cancel", "replace", "later")),
        st.sampled_from(("FIRMA", "FIRMB", "FIRMC")),
        st.sampled_from(list(Side)),
        st.integers(1, 60),
        st.sampled_from(("98.50", "98.75", "99.00")),
    ),
    max_size=25,
)


@settings(max_examples=40, deadline=None)
@given(steps)
def test_nothing_is_blocked_when_no_order_lives_and_nothing_is_sold_twice(script):
    """art. 7 p. 2: whatever is traded, changed, cancelled, expired."""
    here = poor(money=100_000_00)
    minute = 0
    for kind, user, side, quantity, price in script:
        living = list(here.state.orders)
        if kind in ("new", "direct"):
            other = "FIRMB" if user == "FIRMA" else "FIRMA"
            order(here, side, quantity, price, user, **({"direct": to(other)} if kind == "direct" else {}))
        elif kind == "later":
            minute += 7
            here.to(f"{12 + minute // 60}:{minute % 60:02}")
        elif living and kind == "cancel":
            here.cancel(user, living[quantity % len(living)])
        elif living:
            here.replace(user, living[quantity % len(living)], price, quantity=quantity)
        for member in ("FIRMA", "FIRMB", "FIRMC"):
            assert free(here, member) >= 0
            assert free(here, member, "BRKLb1") >= 0
    here.to("18:00")
    assert here.state.orders == {}
    assert all(
        blocked(here.state, account, asset) == 0 for account in here.state.balances for asset in ("KZT", "BRKLb1")
    )
    assert all(not orders for orders in here.state.covered.values())
    same_on_replay(here)
