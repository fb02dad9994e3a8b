"""A fixing counted unit by unit, as a makler with a pencil would. It shares no code with the exchange's.

An order is (name, buy, quantity); a list of orders stands in order of time.
"""


def pairs(orders):
    """Lay the units of each side in a row by time and join them one by one, as long as both sides have some."""
    bought = [name for name, buy, quantity in orders if buy for _ in range(quantity)]
    sold = [name for name, buy, quantity in orders if not buy for _ in range(quantity)]
    joined = []
    for pair in zip(bought, sold, strict=False):  # the longer side is the surplus
        if joined and joined[-1][:2] == pair:
            joined[-1] = (*pair, joined[-1][2] + 1)
        else:
            joined.append((*pair, 1))
    return joined


def dealt_in(orders):
    """How many units meet."""
    return sum(quantity for _, _, quantity in pairs(orders))


def left_over(orders):
    """How many units stay alone."""
    return sum(quantity for _, _, quantity in orders) - 2 * dealt_in(orders)


def executed(rounds):
    """The place of the round that a time-out executes, by asking every other whether it is better; None: nothing."""
    for place, orders in enumerate(rounds):
        if dealt_in(orders) and not any(better(rounds, other, place) for other in range(len(rounds)) if other != place):
            return place
    return None


def better(rounds, one, other):
    """Whether a round goes before another: more is dealt; as much and less left over; all alike and later."""
    volumes = dealt_in(rounds[one]), dealt_in(rounds[other])
    if volumes[0] != volumes[1]:
        return volumes[0] > volumes[1]
    rests = left_over(rounds[one]), left_over(rounds[other])
    if rests[0] != rests[1]:
        return rests[0] < rests[1]
    return one > other
