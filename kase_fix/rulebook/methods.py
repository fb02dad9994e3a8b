"""Which methods an instrument trades by, and which orders they take: kinds (OrdType) and times in force."""

from kase_fix.messages.configuration import Board, Group, Instrument
from kase_fix.messages.order_state import Refusal
from kase_fix.rulebook.refusals import KIND_NOT_ENABLED, METHOD_NOT_ENABLED, TIF_NOT_ENABLED
from kase_fix.values.enums import STOPS, OrderKind, TimeInForce

REPO_DIRECT = "repo_direct"
SEVERAL_DAYS = (TimeInForce.GTC, TimeInForce.GTD)
AT_ONCE = (TimeInForce.IOC, TimeInForce.FOK)
EVERY_CROSS = "every cross"
CONTINUOUS = "continuous"


def method_enabled(instrument: Instrument, board: Board, group: Group) -> Refusal | None:
    """Refuse a board whose method the instrument does not trade by (art. 17, 23, 26 p. 4).

    What a decision or a seller names for the instrument stands over what its group forbids; direct repo is no method
    of purchase and sale and goes on beside it (art. 23).
    """
    method = board.method
    if instrument.methods and method != REPO_DIRECT:
        clause = "" if method in instrument.methods else group.clauses.methods
    else:
        clause = group.forbidden.get(method, "")
    return Refusal(METHOD_NOT_ENABLED, clause, (instrument.symbol, method)) if clause else None


def kind_enabled(kind: OrderKind, symbol: str, group: Group, board: Board) -> Refusal | None:
    """Refuse a kind of order that the continuous counter auction of this group does not take (art. 7 p. 1).

    Where every cross opens a standby no deal is done at once, so nothing is for a market order to do (art. 7 p. 3), nor
    for a stop order, which would become one. Stop orders follow continuous trading and are for its boards (R-150).
    """
    name = kind.name.lower()
    here = kind not in STOPS or board.method == CONTINUOUS
    if here and ("limit" if _limit_by_its_name(kind, group, board) else name) in group.order_kinds:
        return None
    at_once = kind in (OrderKind.MARKET, OrderKind.STOP) and group.standby == EVERY_CROSS
    clause = "art. 7 p. 3" if at_once else "art. 7 p. 1"
    return Refusal(KIND_NOT_ENABLED, clause, (name.replace("_", " "), symbol))


def _limit_by_its_name(kind: OrderKind, group: Group, board: Board) -> bool:
    """Tell whether a kind is what the market of this board calls its limit orders (art. 15 p. 10, 39, 40 p. 2)."""
    own = {
        OrderKind.SWAP: group.settlement == "swap",
        OrderKind.AUTOMATIC_REPO: group.settlement == "repo",
        OrderKind.DIRECT_REPO: board.method == REPO_DIRECT,
    }
    return own.get(kind, False)


def time_in_force_enabled(tif: TimeInForce, symbol: str, group: Group) -> Refusal | None:
    """Refuse a time in force the group does not take (art. 7 p. 1, 2; R-5).

    An order of several days is an application for daily preliminary orders: a group without them refuses it. Where
    every cross opens a standby an order that must trade at once is a kind that can never be (art. 7 p. 3).
    """
    name = tif.name.lower()
    if name in group.times_in_force:
        return None
    if tif in AT_ONCE and group.standby == EVERY_CROSS:
        return Refusal(KIND_NOT_ENABLED, "art. 7 p. 3", (f"limit {name}", symbol))
    clause = "art. 7 p. 2" if tif in SEVERAL_DAYS else "art. 7 p. 1"
    shown = tif.name if len(tif.name) == 3 else name.replace("_", " ")
    return Refusal(TIF_NOT_ENABLED, clause, (shown, symbol))
