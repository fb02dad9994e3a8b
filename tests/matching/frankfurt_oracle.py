"""The auction, counted order by order and unit by unit. It shares no code with the book or with the auction.

An order is (name, account, buy, price, quantity); a list of orders stands in order of entry.
"""


def executable(orders, price):
    """What buyers and sellers at this price would take and give."""
    demand = sum(quantity for _, _, buy, limit, quantity in orders if buy and limit >= price)
    supply = sum(quantity for _, _, buy, limit, quantity in orders if not buy and limit <= price)
    return demand, supply


def cut_off(orders, reference):
    """R-11, sentence by sentence, over every price any order names: (price, volume, surplus) or None."""
    table = {price: executable(orders, price) for _, _, _, price, _ in orders}
    volume = max((min(pair) for pair in table.values()), default=0)
    if volume == 0:
        return None
    left = {price: d - s for price, (d, s) in table.items() if min(d, s) == volume}
    least = min(abs(surplus) for surplus in left.values())
    left = {price: surplus for price, surplus in left.items() if abs(surplus) == least}
    if least and set(left.values()) == {least}:
        price = max(left)
    elif least and set(left.values()) == {-least}:
        price = min(left)
    else:
        if reference is not None:
            near = min(abs(price - reference) for price in left)
            left = {price: surplus for price, surplus in left.items() if abs(price - reference) == near}
        price = max(left)
    return price, volume, left[price]


def without_own_crosses(orders):
    """Enter one order after the other; one that crosses a standing order of its account is kept out."""
    standing, out = [], []
    for order in orders:
        _, account, buy, price, _ = order
        own = [(b, p) for _, a, b, p, _ in standing if a == account]
        hits = any(b != buy and (price >= p if buy else price <= p) for b, p in own)
        (out if hits else standing).append(order)
    return standing, out


def deals(orders, price, volume):
    """Lay the units of each side in a row by price, then time, and join the first `volume` of them one by one."""
    buyers = sorted((o for o in orders if o[2] and o[3] >= price), key=lambda o: -o[3])  # sorting is stable
    sellers = sorted((o for o in orders if not o[2] and o[3] <= price), key=lambda o: o[3])
    bought = [name for name, *_, quantity in buyers for _ in range(quantity)][:volume]
    sold = [name for name, *_, quantity in sellers for _ in range(quantity)][:volume]
    joined = []
    for pair in zip(bought, sold, strict=True):
        if joined and joined[-1][:2] == pair:
            joined[-1] = (*pair, joined[-1][2] + 1)
        else:
            joined.append((*pair, 1))
    return joined
