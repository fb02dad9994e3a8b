"""What a member wants to do next: random orders around fixed prices, so that many of them meet."""

import itertools
import random
from collections import deque
from typing import NamedTuple

from scripts.soak.wire import Message, Pairs, now_utc

BUY, SELL = "1", "2"
LIVING = frozenset("01")
GREATEST_LIVING = 12
DIRECT_BOND = "BRKLb1"


class Instrument(NamedTuple):
    """Something to trade: prices are counted in steps from an anchor."""

    symbol: str
    account: str
    lot: int
    anchor: int
    decimals: int
    width: int

    def price(self, steps: int) -> str:
        """Return a price as text."""
        whole, rest = divmod(self.anchor + steps, 10**self.decimals)
        return f"{whole}.{rest:0{self.decimals}d}"


INSTRUMENTS = (
    Instrument("USDKZT_TOM", "F", 1000, 41000, 2, 8),
    Instrument("EURKZT_TOM", "F", 1000, 45000, 2, 12),
    Instrument("RUBKZT_TOM", "F", 50_000, 57_500, 4, 12),
    Instrument("BRKLb1", "S", 1, 987_500, 4, 30),
    Instrument("KZIKb26", "S", 1, 13_402_500, 4, 60),
)
"""Three currencies in continuous trading, two bonds that every cross turns to standby."""
WEIGHTS = (4, 4, 3, 2, 1)
CURRENCIES = 3
"""So many of them, the first ones, trade continuously: they have stop orders, quotes and orders of two sides."""
MAKERS = ("FIRMA", "FIRMB")
"""Who may quote."""
SHARES = {"stop": 0.06, "quote": 0.06, "two sides": 0.06, "no quotes": 0.01}


class Living(NamedTuple):
    """An order of ours that stands."""

    cl_ord_id: str
    symbol: str
    side: str
    quantity: int


class Request(NamedTuple):
    """Something to be sent under a ClOrdID of its own."""

    kind: str
    name: str
    fields: Pairs


class Mind:
    """One member's wishes."""

    def __init__(self, user: str, dialect: str, others: tuple[str, ...], chance: random.Random, prefix: str) -> None:
        self.user = user
        self._dialect = dialect
        self._others = [other for other in others if other != user]
        self._chance = chance
        self._names = (f"{prefix}{number}" for number in itertools.count(1))
        self.living: dict[str, Living] = {}
        self._latest = (0, 0)
        self.deals: deque[str] = deque(maxlen=40)
        """The last deals of ours."""
        self.offers: list[Message] = []
        """Direct orders of others that wait for our answer."""

    def request(self) -> Request:
        """Return the next thing to ask for."""
        choice = self._chance.random()
        if self.offers and choice < 0.5:
            return self._answer(self.offers.pop(0))
        if self.living and (len(self.living) > GREATEST_LIVING or choice < 0.14):
            return self._cancel()
        if self.living and choice < 0.27:
            return self._replace()
        if choice < 0.29:
            return self._direct()
        return self._special() or self._order()

    def _special(self) -> Request | None:
        """Return now and then what is no order of one side that trades at once."""
        choice = self._chance.random()
        instrument = self._chance.choice(INSTRUMENTS[:CURRENCIES])
        if choice < SHARES["stop"]:
            return self._stop(instrument)
        if choice < SHARES["stop"] + SHARES["two sides"] and self._dialect == "NEXT":
            return self._two_sided(instrument)
        if choice < SHARES["stop"] + SHARES["quote"] and self.user in MAKERS:
            return self._quote()
        if choice > 1.0 - SHARES["no quotes"] and self.user in MAKERS:
            name = next(self._names)
            return Request("Z", name, [(117, name), (298, "4")])
        return None

    def note(self, report: Message) -> None:
        """Follow our orders, and what others offer us."""
        order_id, delivery = report.get(37), report.get(527)
        if report.get(150) == "F":
            self.deals.append(report.get(880) or report.get(17))
        if delivery:
            command, event, _ = delivery.split("-")
            if (int(command), int(event)) < self._latest:
                return  # an old deal in an answer
            self._latest = int(command), int(event)
        if delivery.endswith("-C"):
            self.offers = [offer for offer in self.offers if offer.get(37) != order_id]
            if report.get(39) in "AJ":
                self.offers.append(report)
        elif report.get(39) in LIVING and report.get(11):
            quantity = int(report.get(14) or 0) + int(report.get(151) or 0)
            self.living[order_id] = Living(report.get(11), report.get(55), report.get(54), quantity)
        else:
            self.living.pop(order_id, None)

    def _order(self) -> Request:
        instrument = self._chance.choices(INSTRUMENTS, WEIGHTS)[0]
        name, side = next(self._names), self._chance.choice((BUY, SELL))
        lean = 2 if side == BUY else -2
        price = instrument.price(lean + self._chance.randint(-instrument.width, instrument.width))
        tif = self._chance.choices(("0", "3", "4"), (10, 2, 1))[0]
        return Request("D", name, self._new(name, instrument, side, self._chance.randint(1, 9), price, tif))

    def _new(self, name: str, instrument: Instrument, side: str, lots: int, price: str, tif: str = "0") -> Pairs:
        account = f"{instrument.account}_{self.user}_0000"
        fields: Pairs = [(11, name), (1, account), (55, instrument.symbol), (54, side), (60, now_utc())]
        return [*fields, (38, str(lots * instrument.lot)), (40, "2"), (44, price), (59, tif)]

    def _stop(self, instrument: Instrument) -> Request:
        """Wait for a price a little away; now and then it is on the wrong side of the last deal, and refused."""
        name, side = next(self._names), self._chance.choice((BUY, SELL))
        away = self._chance.randint(1, instrument.width) * (1 if side == BUY else -1)
        fields = self._new(name, instrument, side, self._chance.randint(1, 5), instrument.price(away + away // 2))
        limited = self._chance.random() < 0.7
        kept = [pair for pair in fields if pair[0] not in ((40,) if limited else (40, 44))]
        return Request("D", name, [*kept, (40, "4" if limited else "3"), (99, instrument.price(away))])

    def _two_sided(self, instrument: Instrument) -> Request:
        """Buy and sell by one message: 44 is the price of the side stated, the other is a spread away."""
        name, side = next(self._names), self._chance.choice((BUY, SELL))
        price = instrument.price(self._chance.randint(-instrument.width, instrument.width))
        steps = Instrument("", "", 0, 0, instrument.decimals, 0).price(self._chance.randint(1, instrument.width))
        fields = self._new(name, instrument, side, self._chance.randint(1, 9), price)
        return Request("D", name, [*fields, (5146, "Y"), (218, steps)])

    def _quote(self) -> Request:
        """Quote some currencies; now and then a side of no size, which is taken back."""
        name = next(self._names)
        quoted = self._chance.sample(INSTRUMENTS[:CURRENCIES], self._chance.randint(1, CURRENCIES))
        fields: Pairs = [(117, name), (1, f"F_{self.user}_0000"), (296, "1"), (302, "s1"), (304, str(len(quoted)))]
        fields.append((295, str(len(quoted))))
        for number, one in enumerate(quoted):
            middle, half = self._chance.randint(-one.width, one.width), self._chance.randint(1, one.width)
            sizes = [str(one.lot * self._chance.randint(0, 6)) for _ in range(2)]
            fields += [(299, f"e{number}"), (55, one.symbol), (132, one.price(middle - half))]
            fields += [(133, one.price(middle + half)), (134, sizes[0]), (135, sizes[1])]
        return Request("i", name, fields)

    def _direct(self) -> Request:
        """Offer a bond to one of the others alone."""
        name, side = next(self._names), self._chance.choice((BUY, SELL))
        bond = next(one for one in INSTRUMENTS if one.symbol == DIRECT_BOND)
        price = bond.price(self._chance.randint(-5, 5))
        fields = self._new(name, bond, side, self._chance.randint(1, 9), price)
        return Request("D", name, [*fields, *_party(self._chance.choice(self._others))])

    def _answer(self, offer: Message) -> Request:
        """Say yes to a direct order by the opposite one."""
        name = next(self._names)
        bond = next(one for one in INSTRUMENTS if one.symbol == DIRECT_BOND)
        side = SELL if offer.get(54) == BUY else BUY
        fields = self._new(name, bond, side, 0, offer.get(44))
        fields = [(tag, offer.get(38) if tag == 38 else value) for tag, value in fields]
        sender = next((party for party in offer.every(448) if party in self._others), "")
        return Request("D", name, [*fields, *_party(sender or self._others[0])])

    def _cancel(self) -> Request:
        order_id, order = self._chance.choice([*self.living.items()])
        self.living.pop(order_id)
        name = next(self._names)
        fields: Pairs = [(11, name), (37, order_id), (41, order.cl_ord_id), (55, order.symbol), (54, order.side)]
        return Request("F", name, [*fields, (60, now_utc())])

    def _replace(self) -> Request:
        order_id, order = self._chance.choice([*self.living.items()])
        instrument = next(one for one in INSTRUMENTS if one.symbol == order.symbol)
        name = next(self._names)
        quantity = max(instrument.lot, order.quantity + instrument.lot * self._chance.randint(-2, 2))
        price = instrument.price(self._chance.randint(-instrument.width, instrument.width))
        fields: Pairs = [(11, name), (37, order_id), (41, order.cl_ord_id), (38, str(quantity)), (44, price)]
        if self._dialect == "FIX44":
            account = f"{instrument.account}_{self.user}_0000"
            fields += [(1, account), (55, order.symbol), (54, order.side), (40, "2"), (60, now_utc())]
        return Request("G", name, fields)


def _party(name: str) -> Pairs:
    return [(453, "1"), (448, name), (447, "D"), (452, "37")]
