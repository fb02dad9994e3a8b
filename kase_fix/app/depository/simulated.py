"""The simulated depository of a rehearsal: it answers by itself, by the venue's clock.

Balances 5 minutes after the request, consent to close at once, unless ordered otherwise. It is a function of what the
engine still waits for and of the orders: after a crash it goes on where it was, and loses and repeats nothing.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from kase_fix.app.depository.orders import REFUSE, Orders, changed, read, write
from kase_fix.calendar.almaty import SECOND, date_of, instant
from kase_fix.clearing.depository import Request
from kase_fix.engine.state import State
from kase_fix.journal.log import Subscribe
from kase_fix.messages.commands import Command
from kase_fix.messages.configuration import MarketConfiguration
from kase_fix.messages.depository import BALANCES, Balance, DepositoryAnswered, Total

BALANCES_TAKE = 300 * SECOND
"""From the request to the answer, nanoseconds."""
CURRENCIES = ("KZT", "USD", "EUR", "RUB", "CNY")
MONEY = 10**15
"""On each account in each currency, minor units."""
PIECES = 10**10
"""On each securities account of each security."""
SECURITIES = "securities"
FX_ACCOUNT = "F_"


class Simulated:
    """Answers what the engine waits for. Only the sequencer's thread may ask it or give it orders."""

    mode = "simulated"

    def __init__(self, look: Callable[[], State], keeps: Path | None = None) -> None:
        """`look` shows the engine's state, `keeps` is the file of its orders (None: they are not kept)."""
        self._look = look
        self._keeps = keeps
        self.orders = Orders() if keeps is None else read(keeps)
        self._given: set[str] = set()
        """Requests answered since the start: one whose answer ended in a defect is not answered without end."""

    def start(self, submit: Callable[[Command], None], subscribe: Subscribe) -> None:
        """Do nothing: it answers when it is asked."""

    def stop(self) -> None:
        """Do nothing."""

    def totals(self) -> dict[str, int]:
        """Return its counters."""
        return {"depository_answers": len(self._given)}

    def view(self) -> dict[str, Any]:
        """Return what is ordered of it."""
        ordered = self.orders
        return {
            "balances": ordered.balances,
            "close": ordered.close,
            "totals": ordered.totals,
            "silent": ordered.silent,
            "holds": [f"{account} {asset} {amount}" for account, asset, amount in ordered.holds],
            "reason": ordered.reason,
        }

    def order(self, words: Mapping[str, object], now: int) -> dict[str, Any]:
        """Follow an order of `now` (ns UTC) and return all of them. Raises `WrongOrder`."""
        orders = changed(self.orders, words, now)
        if self._keeps is not None:
            write(self._keeps, orders)
        self.orders = orders
        return self.view()

    def next_due_time(self) -> int | None:
        """Return when the next answer comes, nanoseconds UTC."""
        first = self._first()
        return None if first is None else first[0]

    def take(self) -> DepositoryAnswered:
        """Return the answer that comes next."""
        first = self._first()
        if first is None:
            raise LookupError("no request waits for an answer")
        _, _, request = first
        self._given.add(request.request)
        what, orders = request.what, self.orders
        if orders.of(what) == REFUSE:
            return DepositoryAnswered(request.request, what, False, orders.reason_of(what))
        if what != BALANCES:
            return DepositoryAnswered(request.request, what, True)
        market = self._look().market
        balances = limited(ample(market.configuration), orders.holds) if market is not None else ()
        return DepositoryAnswered(request.request, what, True, "", balances, sums(balances, orders.totals == "wrong"))

    def _first(self) -> tuple[int, int, Request] | None:
        pending = self._look().depository.pending
        if not pending or self.orders.silent:
            return None
        return min(
            (
                (self._due(request), place, request)
                for place, request in enumerate(pending)
                if request.request not in self._given
            ),
            default=None,
        )

    def _due(self, request: Request) -> int:
        time = self.orders.time_of(request.what)
        usual = request.asked + (BALANCES_TAKE if request.what == BALANCES else 0)
        due = usual if time is None else instant(date_of(request.asked), time)
        return max(due, request.asked, self.orders.since)


def ample(market: MarketConfiguration) -> tuple[Balance, ...]:
    """Return money on every account of the register, and on securities accounts some of every security."""
    groups = {group.name: group for group in market.groups}
    securities = sorted({one.currency for one in market.instruments if groups[one.group].market == SECURITIES})
    found: list[Balance] = []
    for account in sorted({account for user in market.users for account in user.accounts}):
        found += [(account, currency, MONEY) for currency in CURRENCIES]
        if not account.startswith(FX_ACCOUNT):
            found += [(account, security, PIECES) for security in securities]
    return tuple(found)


def limited(balances: tuple[Balance, ...], holds: tuple[Balance, ...]) -> tuple[Balance, ...]:
    """Return the balances with what is ordered to be held in place of plenty."""
    ordered = {(account, asset): amount for account, asset, amount in holds}
    return tuple((account, asset, ordered.get((account, asset), amount)) for account, asset, amount in balances)


def sums(balances: tuple[Balance, ...], wrong: bool = False) -> tuple[Total, ...]:
    """Return the control sums; `wrong`: the first of them is one too many."""
    found: dict[str, int] = {}
    for _, asset, amount in balances:
        found[asset] = found.get(asset, 0) + amount
    totals = list(found.items())
    if wrong and totals:
        totals[0] = (totals[0][0], totals[0][1] + 1)
    return tuple(totals)
