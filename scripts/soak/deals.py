"""Deals as their parties were told of them: two sides that agree, cancelled for both or none, sums that add up."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import NamedTuple

from scripts.soak.wire import Message

TOLD, CANCELLED = "F", "H"
"""ExecType(150) of a deal and of its cancelling by the exchange."""


class Fill(NamedTuple):
    """One side of a deal as its party was told."""

    user: str
    order_id: str
    symbol: str
    side: str
    price: Decimal
    quantity: int


class Fault(NamedTuple):
    """What is wrong; `lost` says that something confirmed is not there."""

    text: str
    lost: bool = False


class Deals:
    """All deals that all members were told of."""

    def __init__(self) -> None:
        self._fills: dict[str, dict[str, Fill]] = defaultdict(dict)
        """By deal and side."""
        self._cancelled: dict[str, set[str]] = defaultdict(set)
        """By deal: the sides that were told of its cancelling."""
        self._commands: dict[str, set[int]] = defaultdict(set)
        """By deal: the commands that were said to have cancelled it."""
        self._prices: set[tuple[str, Decimal]] = set()

    def __len__(self) -> int:
        return len(self._fills)

    @property
    def cancelled(self) -> int:
        """How many were cancelled by the exchange."""
        return len(self._cancelled)

    def hear(self, user: str, message: Message, command: str) -> str:
        """Take a side in, told as a deal or as its cancelling; return what is wrong with it."""
        deal = message.get(880) or message.get(17)
        price, quantity = Decimal(message.get(31)), int(message.get(32))
        fill = Fill(user, message.get(37), message.get(55), message.get(54), price, quantity)
        known = self._fills[deal].setdefault(fill.side, fill)
        self._prices.add((fill.symbol, price))
        if message.get(150) == CANCELLED:
            self._cancelled[deal].add(fill.side)
            self._commands[deal].add(int(command))
        return f"deal {deal} is told in two ways" if known != fill else ""

    def had_price(self, symbol: str, price: Decimal) -> bool:
        """Tell whether there was a deal at a price."""
        return (symbol, price) in self._prices

    def touched(self) -> set[str]:
        """Return the orders that deals were taken back of."""
        return {fill.order_id for deal in self._cancelled for fill in self._fills[deal].values()}

    def filled(self) -> Counter[str]:
        """Return how much of each order was dealt and stands."""
        filled: Counter[str] = Counter()
        for _, fill in self._standing():
            filled[fill.order_id] += fill.quantity
        return filled

    def judge(self, ordered: dict[int, str], confirmed: Iterable[str]) -> Iterator[Fault]:
        """`ordered` is which deal each command of the journal cancels; `confirmed` was answered to the operator."""
        for deal, sides in self._fills.items():
            if sorted(sides) != ["1", "2"]:
                yield Fault(f"deal {deal} has one side: {next(iter(sides.values()))}", lost=True)
            elif len({(fill.symbol, fill.price, fill.quantity) for fill in sides.values()}) != 1:
                yield Fault(f"the sides of deal {deal} do not agree: {sides}")
        for deal, told in self._cancelled.items():
            if told != set(self._fills[deal]):
                yield Fault(f"deal {deal} is cancelled for one side alone", lost=True)
            if [ordered.get(command) for command in self._commands[deal]] != [deal]:
                yield Fault(f"deal {deal} was cancelled by commands {self._commands[deal]}: they are no such ones")
        for deal in confirmed:
            if deal not in self._cancelled:
                yield Fault(f"deal {deal} was cancelled, said the console, and its parties do not know", lost=True)
        yield from self._balance()

    def _balance(self) -> Iterator[Fault]:
        """Nothing bought was not sold, in pieces and in money."""
        balance: Counter[str] = Counter()
        money: dict[str, Decimal] = defaultdict(Decimal)
        for _, fill in self._standing():
            sign = 1 if fill.side == "1" else -1
            balance[fill.symbol] += sign * fill.quantity
            money[fill.symbol] += sign * fill.quantity * fill.price
        for symbol in balance:
            if balance[symbol] or money[symbol]:
                yield Fault(f"{symbol} is not conserved: {balance[symbol]} and {money[symbol]} too many")

    def _standing(self) -> Iterator[tuple[str, Fill]]:
        for deal, sides in self._fills.items():
            if deal not in self._cancelled:
                for fill in sides.values():
                    yield deal, fill
