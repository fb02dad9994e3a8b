"""The lines of the day's results: an instrument's deals, a kind of deals, repo of a term, an auction."""

from typing import NamedTuple

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


class Line:
    """One instrument's day on all its boards."""

    __slots__ = ("_value", "_weight", "first", "group", "high", "instrument", "last", "low", "quantity", "sums")

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
        if self.first is None or self.high is None or self.low is None:
            self.first = self.high = self.low = price
        self.high, self.low = max(self.high, price), min(self.low, price)
        self.last = price
        self._value += price * quantity
        self._weight += quantity


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

    __slots__ = ("_value", "_weight", "deals", "highest", "lowest", "money")

    def __init__(self) -> None:
        self.deals = 0
        self.money: Money = 0
        self.lowest: Price | None = None
        self.highest: Price | None = None
        self._value = 0
        self._weight: Money = 0

    @property
    def average(self) -> Price | None:
        """Return the weighted rate, % p.a. in 10^-8; None where all closing prices were agreed on."""
        return divide_half_up(self._value, self._weight) if self._weight else None

    def add(self, money: Money, rate: Price | None) -> None:
        """Take an opening deal in."""
        self.deals += 1
        self.money += money
        if rate is not None:
            self.lowest = rate if self.lowest is None else min(self.lowest, rate)
            self.highest = rate if self.highest is None else max(self.highest, rate)
            self._value += rate * money
            self._weight += money
