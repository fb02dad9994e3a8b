"""A market maker's day measured the naive way: at each second everything is looked at anew, from the first event on."""

from kase_fix.messages.day_events import PhaseEntered, TradingSuspended
from kase_fix.messages.deal_events import Deal
from kase_fix.messages.making import MakerRelieved
from kase_fix.messages.order_events import OrderAccepted, OrderShown
from kase_fix.values.enums import Phase, Side


def stands(liability, published, second, seconds_of, last_day, begins, ends):
    """(whether a quote is due, in what it falls short) at this second, after all its events."""
    phase, suspended, relieved, dealt, own, shown = Phase.CLOSED, False, False, 0, set(), {}
    for one in published:
        if seconds_of(one.time) > second:
            break
        for event in one.events:
            if isinstance(event, PhaseEntered) and liability.symbol in event.symbols:
                phase = event.phase
            elif isinstance(event, TradingSuspended):
                suspended = event.on
            elif isinstance(event, MakerRelieved):
                relieved = event.on
            elif isinstance(event, OrderAccepted) and event.order.market_maker and event.order.firm == liability.firm:
                own.add(event.order.order_id)
            elif isinstance(event, OrderShown):
                shown[event.order_id] = event
            elif isinstance(event, Deal):
                sides = [side for side in (event.buy, event.sell) if side.market_maker and side.firm == liability.firm]
                dealt += len(sides) * event.quantity
    due = phase is Phase.CONTINUOUS and not suspended and not relieved and begins <= second < ends
    due = due and (liability.released_after is None or dealt < liability.released_after)
    resting = [event for name, event in shown.items() if name in own and event.visible]
    return due, shortfall(liability, resting, last_day)


def shortfall(liability, resting, last_day):
    buys = [event for event in resting if event.side is Side.BUY]
    sells = [event for event in resting if event.side is Side.SELL]
    short = set()
    bid = max((event.price for event in buys), default=None)
    ask = min((event.price for event in sells), default=None)
    for price, side, none in ((bid, buys, "NO_BUY"), (ask, sells, "NO_SELL")):
        if price is None:
            short.add(none)
            continue
        if sum(event.visible for event in side if event.price == price) < liability.quantity:
            short.add("QTY")
        if abs(price - last_day) / last_day > liability.deviation_hundredths / 10_000:
            short.add("DEVIATION")
    if bid is not None and ask is not None and ask - bid > liability.spread:
        short.add("SPREAD")
    return short


def measured(liability, published, length, seconds_of, last_day, begins, ends):
    """Seconds due, seconds kept, times it began to fall short, first second kept, end of the last one kept."""
    due = kept = lapses = 0
    first = last = None
    was_short = False
    for second in range(length):
        is_due, short = stands(liability, published, second, seconds_of, last_day, begins, ends)
        due += is_due
        if is_due and not short:
            kept += 1
            first = second if first is None else first
            last = second + 1
        lapses += is_due and bool(short) and not was_short
        was_short = is_due and bool(short)
    return due, kept, lapses, first, last
