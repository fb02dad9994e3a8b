"""The allocation, counted lot by lot in fractions and decimals. It shares no code with the allocation itself.

An order is (name, price or None, quantity); a list of orders stands in order of time.
"""

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction


def allocated(orders, cut_off, *, seller, by_yield, volume, share, lot, decimals, single, pro_rata):
    """{name: (quantity, price)} of all that get something; prices are integers of 10^-8."""
    dear_is_good = seller != by_yield
    limit = [o for o in orders if o[1] is not None and (o[1] >= cut_off if dear_is_good else o[1] <= cut_off)]
    market = [o for o in orders if o[1] is None]
    if not limit:
        return {}
    room, wanted = 0, sum(o[2] for o in market)
    while (room + lot) * 10_000 <= volume * share and room + lot <= wanted:
        room += lot
    got, left = {}, volume - room
    for price in sorted({o[1] for o in limit}, reverse=dear_is_good):
        level = [o for o in limit if o[1] == price]
        given = divided(level, left, lot, pro_rata)
        left -= sum(given.values())
        got |= {name: (quantity, cut_off if single else price) for name, quantity in given.items()}
    bought = sum(quantity for quantity, _ in got.values())
    average = cut_off
    if bought:
        exact = Fraction(sum(quantity * price for quantity, price in got.values()), bought)
        text = Decimal(exact.numerator) / Decimal(exact.denominator) / Decimal(10**8)
        average = int(text.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP) * 10**8)
    got |= {name: (quantity, average) for name, quantity in divided(market, room, lot, pro_rata).items()}
    return {name: part for name, part in got.items() if part[0]}


def divided(orders, volume, lot, pro_rata):
    """Who gets how much of a volume when all have the same right: R-23, lot by lot."""
    wanted = sum(quantity for _, _, quantity in orders)
    given = {name: 0 for name, _, _ in orders}
    if pro_rata and wanted > volume:
        for name, _, quantity in orders:
            right = Fraction(quantity * volume, wanted)
            while given[name] + lot <= right:
                given[name] += lot
    for name, _, quantity in orders:
        while given[name] < quantity and sum(given.values()) + lot <= volume:
            given[name] += lot
    return given
