"""What a rehearsal has ordered of its simulated depository: when it answers, and what it does wrong.

It is the simulation's setting, no fact of the market: it stands in a file of its own, not in the journal. What is
ordered holds until it is ordered otherwise, over restarts too.
"""

import datetime as dt
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from kase_fix.messages.depository import BALANCES, REQUESTS, Balance
from kase_fix.rulebook.sections import CURRENCIES
from kase_fix.values.numbers import parse_decimal

USUAL, REFUSE = "usual", "refuse"
TOTALS = ("right", "wrong")
YES, NO = ("yes", "true", "on", "1"), ("no", "false", "off", "0")
REASON = 200
"""Letters."""
REASONS = {BALANCES: "the balances are not ready", "close": "settlement is not complete"}


class WrongOrder(ValueError):
    """An order the simulation cannot follow: which, what was found, what was expected."""


class Orders(msgspec.Struct, frozen=True):
    """What is ordered."""

    balances: str = USUAL
    """`usual` (5 minutes after the request), `refuse`, or an Almaty time."""
    close: str = USUAL
    """`usual` (at once), `refuse`, or an Almaty time."""
    totals: str = "right"
    silent: bool = False
    reason: str = ""
    holds: tuple[Balance, ...] = ()
    """What these accounts have of these assets in the next balances, in place of plenty: minor units, or pieces."""
    since: int = 0
    """When it was ordered, nanoseconds UTC: nothing that is overdue is answered as of an earlier moment."""

    def of(self, what: str) -> str:
        """Return what is ordered for a kind of request."""
        return self.balances if what == BALANCES else self.close

    def time_of(self, what: str) -> dt.time | None:
        """Return the Almaty time ordered for a kind of request; None: its usual moment."""
        ordered = self.of(what)
        return None if ordered in (USUAL, REFUSE) else dt.time.fromisoformat(ordered)

    def reason_of(self, what: str) -> str:
        """Return why it refuses."""
        return self.reason or REASONS[what]


def changed(orders: Orders, words: Mapping[str, object], now: int) -> Orders:
    """Return the orders with what an operator ordered at `now` (ns UTC). Raises `WrongOrder`."""
    new: dict[str, Any] = {"since": now}
    for name, value in words.items():
        text = str(value).strip()
        if name in REQUESTS:
            new[name] = _moment(name, text)
        elif name == "holds":
            new[name] = _holds(orders.holds, text)
        elif name == "totals" and text in TOTALS:
            new[name] = text
        elif name == "silent" and text.lower() in YES + NO:
            new[name] = text.lower() in YES
        elif name == "reason" and len(text) <= REASON and text.isprintable():
            new[name] = text
        else:
            raise WrongOrder(_expected(name, text))
    if len(new) == 1:
        raise WrongOrder("nothing was ordered: balances, close, totals, silent, holds or reason")
    return msgspec.structs.replace(orders, **new)


def _moment(name: str, text: str) -> str:
    if text in (USUAL, REFUSE):
        return text
    try:
        time = dt.time.fromisoformat(text)
    except ValueError:
        raise WrongOrder(_expected(name, text)) from None
    if ":" not in text or time.tzinfo is not None:
        raise WrongOrder(_expected(name, text))
    return time.isoformat()


def _holds(before: tuple[Balance, ...], text: str) -> tuple[Balance, ...]:
    """Return what is held with `ACCOUNT ASSET AMOUNT` put in; `usual` forgets all of it."""
    if text == USUAL:
        return ()
    try:
        account, asset, amount = text.split()
        units = parse_decimal(amount, 2 if asset in CURRENCIES else 0)
    except ValueError:
        raise WrongOrder(_expected("holds", text)) from None
    return (*(one for one in before if one[:2] != (account, asset)), (account, asset, units))


def _expected(name: str, text: str) -> str:
    expected = {
        **dict.fromkeys(REQUESTS, "an Almaty time like 09:20, refuse or usual"),
        "totals": "right or wrong",
        "silent": "yes or no",
        "holds": "an account, an asset and an amount like S_FIRMA_0000 KZT 10000.00, or usual",
        "reason": f"a text of {REASON} letters at most",
    }.get(name, "only balances, close, totals, silent, holds or reason are ordered of a depository")
    return f"'{name}': found {text!r}, expected {expected}"


def read(path: Path) -> Orders:
    """Return the orders of a file; the usual ones where there is none, or none that can be read."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=Orders)
    except (OSError, msgspec.DecodeError):
        return Orders()


def write(path: Path, orders: Orders) -> None:
    """Keep the orders: the file is the old one or the new one, never half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_suffix(".new")
    new.write_bytes(msgspec.json.encode(orders))
    os.replace(new, path)
