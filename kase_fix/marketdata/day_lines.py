"""The lines of the day's results: an instrument's deals, a kind of deals, repo of a term, an auction."""

from typing import NamedTuple

from kase_fix.marketdata.tape import Tape
from kase_fix.marketdata.turnover import Paid
from kase_fix.messages.configuration import Group, Instrument
from kase_fix.messages.deal_events import Deal
from kase_fix.values.enums import Side
from kase_fix.values.numbers import Money, Price, Quantity, divide_half_up

REPEATED, PROLONGED, REPO_DIRECT = "repeated", "prolonged", "repo_direct"
NO_VOLUME = (REPEATED, PROLONGED)
"""Deals that stand for others: the failed one, the repo prolonged. Volumes count those alone (R-101)."""
NO_PRICE = (REPEATED, PROLONGED, REPO_DIRECT)
"""Deals whose price is none of the instrument's market (R-10)."""


class Sums:
    """So many deals, and what they come to by currency in minor units."""

    __slots__ = ("deals", "money")

    def __init__(self) -> None:
        self.deals = 0
        self.money: dict[str, Money] = {}

    def add(self, paid: Paid | None) -> None:
        """Count a deal."""
        self.deals += 1
        if paid is not None:
            self.money[paid.currency] = self.money.get(paid.currency, 0) + paid.amount

    def take_back(self, paid: Paid | None) -> None:
        """Count a deal no more."""
        self.deals -= 1
        if paid is not None:
            self.money[paid.currency] -= paid.amount
            if not self.money[paid.currency]:
                del self.money[paid.currency]


class Line:
    """One instrument's day on all its boards."""

    __slots__ = (
        "_tape",
        "_value",
        "_weight",
        "first",
        "group",
        "high",
        "instrument",
        "last",
        "low",
        "quantity",
        "sums",
    )

    def __init__(self, instrument: Instrument, group: Group) -> None:
        self.instrument = instrument
        self.group = group
        self.first: Price | None = None
        self.high: Price | None = None
        self.low: Price | None = None
        self.last: Price | None = None
        self.quantity: Quantity = 0
        self.sums = Sums()
        self._value = 0
        self._weight: Quantity = 0
        self._tape = Tape()

    @property
    def average(self) -> Price | None:
        """Return the price weighted by quantity, rounded half up."""
        return divide_half_up(self._value, self._weight) if self._weight else None

    def add(self, deal: Deal, paid: Paid | None) -> None:
        """Take a deal in."""
        price, quantity = deal.price, deal.quantity
        if deal.method not in NO_VOLUME:
            self.quantity += quantity
            self.sums.add(paid)
        if deal.method in NO_PRICE:
            return
        self._tape.add(0, 0, deal)
        if self.first is None or self.high is None or self.low is None:
            self.first = self.high = self.low = price
        self.high, self.low = max(self.high, price), min(self.low, price)
        self.last = price
        self._value += price * quantity
        self._weight += quantity

    def bust(self, deal: Deal, paid: Paid | None) -> None:
        """Count a deal no more."""
        if deal.method not in NO_VOLUME:
            self.quantity -= deal.quantity
            self.sums.take_back(paid)
        if deal.method not in NO_PRICE:
            self._tape.cancel(deal.deal_id)
            self._measure()

    def correct(self, before: Deal, deal: Deal, paid: tuple[Paid | None, Paid | None]) -> None:
        """Let a deal have been done so; `paid` before and now."""
        if deal.method not in NO_VOLUME:
            self.quantity += deal.quantity - before.quantity
            self.sums.take_back(paid[0])
            self.sums.add(paid[1])
        if deal.method not in NO_PRICE:
            self._tape.correct(deal.deal_id, deal.price, deal.quantity)
            self._measure()

    def _measure(self) -> None:
        done = list(self._tape.counted())
        prices = [price for price, _ in done]
        self.first, self.last = (prices[0], prices[-1]) if prices else (None, None)
        self.high, self.low = max(prices, default=None), min(prices, default=None)
        self._value = sum(price * quantity for price, quantity in done)
        self._weight = sum(quantity for _, quantity in done)


class Auction(NamedTuple):
    """A standby, a fixing or a specialised trading that is over."""

    time: int
    """Nanoseconds UTC."""
    symbol: str
    board: str
    kind: str
    """`standby`, `fixing` or `specialised`."""
    price: Price | None
    """None: nothing was dealt; `note` says why."""
    volume: Quantity
    surplus_side: Side | None = None
    surplus: Quantity = 0
    note: str = ""


class RepoTerm(NamedTuple):
    """What repo deals are added up by."""

    kind: str
    """`automatic`, `netting` or `direct`."""
    days: int
    currency: str


class RepoLine:
    """The day's repo of one term; rates weighted by the money of the opening deals."""

    __slots__ = ("_opened",)

    def __init__(self) -> None:
        self._opened: dict[str, tuple[Money, Price | None]] = {}
        """Money and rate by the opening deal."""

    @property
    def deals(self) -> int:
        """Return how many there are."""
        return len(self._opened)

    @property
    def money(self) -> Money:
        """Return what the opening deals come to."""
        return sum(money for money, _ in self._opened.values())

    @property
    def lowest(self) -> Price | None:
        """Return the lowest rate; None where there is none."""
        return min((rate for _, rate in self._opened.values() if rate is not None), default=None)

    @property
    def highest(self) -> Price | None:
        """Return the highest rate; None where there is none."""
        return max((rate for _, rate in self._opened.values() if rate is not None), default=None)

    @property
    def average(self) -> Price | None:
        """Return the weighted rate, % p.a. in 10^-8; None where all closing prices were agreed on."""
        rated = [(money, rate) for money, rate in self._opened.values() if rate is not None]
        weight = sum(money for money, _ in rated)
        return divide_half_up(sum(money * rate for money, rate in rated), weight) if weight else None

    def put(self, deal_id: str, money: Money, rate: Price | None) -> None:
        """Take an opening deal in, or as it was corrected."""
        self._opened[deal_id] = money, rate

    def bust(self, deal_id: str) -> None:
        """Count an opening deal no more."""
        self._opened.pop(deal_id, None)


class TakenBack(NamedTuple):
    """A deal that the exchange has cancelled or corrected (R-165)."""

    time: int
    """Of the decision, nanoseconds UTC."""
    deal: Deal
    """As it stood before."""
    now: Deal | None
    """As it stands; None: cancelled."""
    reason: str
    document: str
