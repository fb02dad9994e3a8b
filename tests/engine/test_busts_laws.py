"""A day with cancelled and corrected deals is the day in which they were never done, or done so (R-165).

The oracle knows nothing of cancellations: it folds the day's deals that stand, as they stand.
"""

from hypothesis import given, settings
from hypothesis import strategies as st

from kase_fix.clearing.ledger import Ledger
from kase_fix.clearing.positions import Positions
from kase_fix.engine.engine import Engine
from kase_fix.gateway.orders import Orders
from kase_fix.journal.log import EventLog
from kase_fix.marketdata.day_results import DayResults
from kase_fix.marketdata.market import Market
from kase_fix.messages.codec import encode_published
from kase_fix.messages.corrections import BustDeal, CorrectDeal, DealBusted, DealCorrected
from kase_fix.messages.day_events import DayOpened
from kase_fix.messages.deal_events import Deal
from kase_fix.messages.events import Published
from kase_fix.messages.order_events import OrderAccepted
from kase_fix.values.enums import OrderStatus, Side, TimeInForce
from tests.engine.desk import same_on_replay
from tests.engine.products import agree, desk

EUR, DOLLAR, SWAP, REPO, BOND = "EURKZT_TOM", "USDKZT_TOM", "USDKZT_0_001", "R_GS_001", "MUM180_0014"
FIRMS = ("FIRMA", "FIRMB", "00100")
SIZES = {EUR: 1000, SWAP: 10_000, REPO: 1}
CENTRES = {EUR: 45000, SWAP: 750, REPO: 900}

steps = st.one_of(
    st.tuples(
        st.just("order"),
        st.sampled_from((EUR, EUR, EUR, SWAP, REPO)),
        st.sampled_from(FIRMS),
        st.sampled_from(list(Side)),
        st.integers(1, 5),
        st.integers(-2, 2),
        st.sampled_from((TimeInForce.DAY, TimeInForce.DAY, TimeInForce.IOC)),
        st.sampled_from((None, None, 1)),
    ),
    st.tuples(st.just("direct"), st.integers(97, 99), st.integers(1, 9)),
    st.tuples(st.just("repo"), st.integers(97, 99), st.integers(1, 9)),
    st.tuples(st.just("prolong"), st.integers(0, 9)),
    st.tuples(st.just("cancel"), st.integers(0, 40)),
    st.tuples(st.just("replace"), st.integers(0, 40), st.integers(1, 6)),
    st.tuples(st.sampled_from(("bust", "bust", "bust back")), st.integers(0, 40)),
    st.tuples(st.just("correct"), st.integers(0, 40), st.integers(-3, 3), st.integers(1, 5)),
)

euros = st.one_of(
    st.tuples(
        st.just("order"),
        st.just(EUR),
        st.sampled_from(FIRMS),
        st.sampled_from(list(Side)),
        st.integers(1, 5),
        st.integers(0, 1),
        st.just(TimeInForce.DAY),
        st.none(),
    ),
    st.tuples(st.sampled_from(("bust", "bust back")), st.integers(0, 5)),
    st.tuples(st.just("correct"), st.integers(0, 5), st.integers(-3, 3), st.integers(1, 3)),
    st.tuples(st.just("replace"), st.integers(0, 9), st.integers(1, 6)),
)
"""Much of it meets: orders that live on with some of their deals taken back."""


def play(here, script):
    deals, living, repos = [], [], []
    for kind, *terms in script:
        events = []
        if kind == "order":
            symbol, user, side, lots, away, tif, display = terms
            size = SIZES[symbol]
            price = f"{(CENTRES[symbol] + away) / 100:.2f}"
            account = f"{'S' if symbol == REPO else 'F'}_{user}_0000"
            more = {"tif": tif, "account": account, "display": display and size}
            events = here.order(user, side, lots * size, price, symbol, **more)
        elif kind in ("direct", "repo"):
            price, quantity = terms
            closing = (
                {"closes": here.state.date.replace(month=6, day=5), "closing_price": "101"} if kind == "repo" else {}
            )
            events = agree(here, "BRKLb1" if kind == "direct" else BOND, str(price), quantity, **closing)
            repos += [event for event in events if isinstance(event, Deal) and kind == "repo"]
        elif kind == "prolong" and repos:
            deal = repos[terms[0] % len(repos)]
            later = {
                "closes": here.state.date.replace(month=6, day=15),
                "closing_price": "102",
                "replaces": deal.deal_id,
            }
            events = agree(here, BOND, str(deal.price // 10**8), deal.quantity, **later)
        elif kind == "cancel" and living:
            events = here.cancel(*living[terms[0] % len(living)])
        elif kind == "replace" and living:
            user, order_id = living[terms[0] % len(living)]
            order = here.state.orders.get(order_id)
            size = SIZES.get(order.symbol, 1) if order is not None else 1
            events = here.replace(user, order_id, quantity=terms[1] * size)
        elif kind.startswith("bust") and deals:
            place = -1 - terms[0] % len(deals) if kind == "bust back" else terms[0] % len(deals)
            here.decide(BustDeal, deals[place], actor="administrator", document="7")
        elif kind == "correct" and deals:
            kept = here.state.deals.kept[deals[terms[0] % len(deals)]].deal
            size = SIZES.get(kept.symbol, 1)
            price, quantity = kept.price + terms[1] * 10**6, min(terms[2] * size, kept.quantity)
            here.decide(CorrectDeal, kept.deal_id, price, quantity, actor="administrator", document="7")
        deals += [event.deal_id for event in events if isinstance(event, Deal)]
        living += [(event.order.user, event.order.order_id) for event in events if isinstance(event, OrderAccepted)]


def published(here):
    return [
        Published(command.number, command.time, tuple(events))
        for command, events in zip(here.commands, here.told, strict=True)
    ]


def as_it_stands(day):
    """The day without cancellations and corrections: its deals as they stand, what was cancelled left out."""
    gone, now = set(), {}
    for one in day:
        for event in one.events:
            if isinstance(event, DealBusted):
                gone.add(event.deal.deal_id)
            elif isinstance(event, DealCorrected):
                now[event.deal.deal_id] = event.deal

    def kept(event):
        if isinstance(event, Deal):
            return None if event.deal_id in gone else now.get(event.deal_id, event)
        repo = getattr(event, "repo", None)
        if isinstance(event, DealBusted | DealCorrected) or (repo is not None and repo.deal_id in gone):
            return None
        return event

    return [
        Published(one.number, one.time, tuple(event for event in map(kept, one.events) if event is not None))
        for one in day
    ]


def folded(fold, day):
    for one in day:
        fold.apply(one)
    return fold


def numbers(listing):
    """All that a listing's deals say, board by board."""
    return [
        (board, book.deals.statistics, book.deals.last and book.deals.last[0], book.deals.paid, book.crowd.dealers)
        for board, book in listing.books.items()
    ], listing.last and listing.last.deal_id


@settings(max_examples=60, deadline=None)
@given(st.lists(steps, max_size=30))
def test_a_day_with_cancelled_deals_is_the_day_without_them(script):
    here = desk()
    play(here, script)
    day = published(here)
    naive = as_it_stands(day)
    assert here.engine.failures == 0

    # what everybody is to get, in the engine and in the fold of those who answer members; every sum is nothing
    told, plain, positions = Ledger(), Ledger(), Positions()
    for ledger, events in ((told, day), (plain, naive)):
        for one in events:
            for event in one.events:
                ledger.apply(event)
    for one in day:
        for event in one.events:
            positions.apply(event)
    assert dict(here.state.ledger.open()) == dict(told.open()) == dict(plain.open())
    assert set(here.state.ledger.totals().values()) <= {0}
    assert positions.totals() == here.state.ledger.totals()

    # prices of the day, for the public and in the engine
    market, without = folded(Market(), day), folded(Market(), naive)
    for symbol, listing in market.listings.items():
        assert numbers(listing) == numbers(without.listings[symbol])
        own = here.state.listings[symbol]
        stand = [event for one in naive for event in one.events if isinstance(event, Deal) and event.symbol == symbol]
        stand = [deal for deal in stand if deal.method not in ("repo_direct", "prolonged")]
        prices = [deal.price for deal in stand]
        assert (own.first_today, own.last_today) == ((prices[0], prices[-1]) if prices else (None, None))
        assert own.last_deal == (prices[-1] if prices else own.previous)
        assert own.volume == sum(deal.quantity for deal in stand)
        assert own.value == sum(deal.price * deal.quantity for deal in stand)

    # the day's report
    results, others = folded(DayResults(), day), folded(DayResults(), naive)
    live = {symbol: line for symbol, line in results.lines.items() if line.sums.deals}
    assert set(live) == {symbol for symbol, line in others.lines.items() if line.sums.deals}
    for symbol, line in live.items():
        other = others.lines[symbol]
        assert (line.first, line.high, line.low, line.last) == (other.first, other.high, other.low, other.last)
        assert (line.quantity, line.average, line.sums.deals) == (other.quantity, other.average, other.sums.deals)
        assert line.sums.money == other.sums.money
    assert results.rates == others.rates
    assert set(results.open_repos) == set(others.open_repos) == set(here.state.repos)
    for term, line in results.repo.items():
        other = others.repo.get(term)
        if other is not None:
            ours, theirs = [(one.deals, one.money, one.average, one.lowest, one.highest) for one in (line, other)]
            assert ours == theirs
        else:
            assert line.deals == 0
    same_on_replay(here)


@settings(max_examples=120, deadline=None)
@given(st.one_of(st.lists(steps, max_size=30), st.lists(euros, min_size=4, max_size=20)))
def test_what_an_order_has_filled_is_what_its_deals_that_stand_say(script):
    here = desk()
    play(here, script)
    day = published(here)
    log, filled, value = EventLog(), {}, {}
    orders = Orders(log)
    for one in day:
        log.keep(one, encode_published(one))
        for index, event in enumerate(one.events):
            orders.apply(one.number, index, one.time, event)
    for one in as_it_stands(day):
        for event in one.events:
            for order in (event.buy, event.sell) if isinstance(event, Deal) else ():
                filled[order.order_id] = filled.get(order.order_id, 0) + event.quantity
                value[order.order_id] = value.get(order.order_id, 0) + event.price * event.quantity
    for user in FIRMS:
        for order in orders.of_user(user):
            done = filled.get(order.order_id, 0)
            assert order.filled == done
            assert abs(order.average * done - value.get(order.order_id, 0)) * 2 <= done
            living = here.state.orders.get(order.order_id)
            if living is not None:
                assert (order.quantity, order.leaves, order.status) == (living.quantity, living.leaves, living.status)
                assert order.quantity == order.filled + order.leaves
                assert (living.filled, living.value) == (done, value.get(order.order_id, 0))
            else:
                assert order.leaves == 0
                assert order.status is not OrderStatus.FILLED or order.filled <= order.quantity
                assert order.status in (OrderStatus.FILLED, OrderStatus.CANCELLED, OrderStatus.EXPIRED)


def test_the_day_opens_for_the_oracle_too():
    """A guard of the oracle: it sees the day's opening, without which every fold would be empty."""
    here = desk()
    play(here, [("order", EUR, "FIRMA", Side.SELL, 2, 0, TimeInForce.DAY, None),
                ("order", EUR, "FIRMB", Side.BUY, 2, 0, TimeInForce.DAY, None)])  # fmt: skip
    day = as_it_stands(published(here))
    assert any(isinstance(event, DayOpened) for one in day for event in one.events)
    assert folded(Market(), day).listings[EUR].deals.count == 1
    assert isinstance(here.engine, Engine)
