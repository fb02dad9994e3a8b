"""What stands in each file of the market's configuration: one reader for an entry of each.

The names an entry may refer to are handed in, so that a reference to nothing is refused where it is written.
"""

from collections.abc import Mapping

from kase_fix.messages.configuration import (
    Board,
    Clauses,
    Group,
    Instrument,
    LadderStep,
    LotLadder,
    User,
)
from kase_fix.rulebook.operational_day import CLOSES, OPENS
from kase_fix.rulebook.table import Table
from kase_fix.values.enums import OrderKind, TimeInForce
from kase_fix.values.numbers import PRICE_DECIMALS, PRICE_SCALE

MARKETS = ("fx", "securities", "repo", "futures")
METHODS = ("continuous",)
RESERVE_METHODS = ("fixing",)
OPENING_PRICES = ("first deal",)
CURRENCIES = ("USD", "EUR", "RUB", "CNY", "KZT")
TERMS = ("TOD", "TOM", "SPT")
DIALECTS = ("FIX44", "NEXT")
SERVICES = ("api", "md", "dropcopy")
SELF_TRADE = ("cancel_incoming",)
ORDER_KINDS = tuple(kind.name.lower() for kind in (OrderKind.MARKET, OrderKind.LIMIT))
TIMES_IN_FORCE = tuple(tif.name.lower() for tif in (TimeInForce.DAY, TimeInForce.IOC, TimeInForce.FOK))
"""What the methods of this release can carry out: a file cannot enable more."""
NAME = r"[A-Za-z0-9_]{1,32}"


def read_ladder(name: str, table: Table) -> LotLadder:
    """Read a lot ladder: its rows ascend in deviation and in size, its sizes are multiples (annex 1)."""
    multiple = table.whole("multiple", least=1)
    clause = table.text("clause")
    steps: list[LadderStep] = []
    for row in table.rows("steps"):
        step = LadderStep(up_to_hundredths=row.percent("up_to"), least=row.whole("least", least=1))
        row.done()
        if step.least % multiple:
            raise row.wrong("least", f"a multiple of {multiple}")
        if steps and step.up_to_hundredths <= steps[-1].up_to_hundredths:
            raise row.wrong("up_to", "more than in the row before it")
        if steps and step.least <= steps[-1].least:
            raise row.wrong("least", "more than in the row before it")
        steps.append(step)
    table.done()
    return LotLadder(name, multiple, clause, tuple(steps))


def read_group(name: str, table: Table, ladders: Mapping[str, LotLadder]) -> Group:
    """Read the parameters of a group of instruments (art. 2 p. 1)."""
    group = Group(
        name=name,
        title=table.text("title"),
        market=table.choice("market", MARKETS),
        order_prefix=table.text("order_prefix", r"[A-Z]{1,4}", "one to four capital letters"),
        lot=table.whole("lot", least=1),
        price_decimals=table.whole("price_decimals", least=0, greatest=PRICE_DECIMALS),
        clauses=_read_clauses(table.inner("clauses")),
        lot_ladder=table.choice_or_none("lot_ladder", ladders),
        limit_hundredths=table.percent_or_none("limit"),
        max_quantity=table.whole("max_quantity", least=1),
        max_price=table.price("max_price"),
        order_kinds=table.words("order_kinds", ORDER_KINDS),
        times_in_force=table.words("times_in_force", TIMES_IN_FORCE),
        opening_price=table.choice("opening_price", OPENING_PRICES),
        reserve_method=table.choice("reserve_method", RESERVE_METHODS),
    )
    table.done()
    if group.lot_ladder and ladders[group.lot_ladder].multiple != group.lot:
        raise table.wrong("lot", f"{ladders[group.lot_ladder].multiple}, the multiple of ladder {group.lot_ladder}")
    if group.max_quantity < group.lot:
        raise table.wrong("max_quantity", f"at least the lot {group.lot}")
    return group


def _read_clauses(table: Table) -> Clauses:
    clauses = Clauses(**{field: table.text(field) for field in Clauses.__struct_fields__})
    table.done()
    return clauses


def read_board(code: str, table: Table) -> Board:
    """Read a board: its window lies within the operational day and ends after it starts (art. 4 p. 1; R-3)."""
    board = Board(
        code=code,
        title=table.text("title"),
        method=table.choice("method", METHODS),
        opens=table.time("opens"),
        closes=table.time("closes"),
        clause=table.text("clause"),
    )
    table.done()
    if board.opens < OPENS:
        raise table.wrong("opens", f"no time before the operational day opens at {OPENS:%H:%M}")
    if board.closes > CLOSES:
        raise table.wrong("closes", f"no time after the operational day closes at {CLOSES:%H:%M}")
    if board.closes <= board.opens:
        raise table.wrong("closes", f"a time after the board opens at {board.opens:%H:%M:%S}")
    return board


def read_instrument(symbol: str, table: Table, groups: Mapping[str, Group], boards: Mapping[str, Board]) -> Instrument:
    """Read a listed instrument; its last deal lies on the grid of its group (art. 2 p. 1 sp. 5)."""
    instrument = Instrument(
        symbol=symbol,
        group=table.choice("group", groups),
        board=table.choice("board", boards),
        currency=table.choice("currency", CURRENCIES),
        quote=table.choice("quote", CURRENCIES),
        term=table.choice("term", TERMS),
        last_deal=table.price_or_none("last_deal"),
    )
    table.done()
    if instrument.quote == instrument.currency:
        raise table.wrong("quote", f"another currency than {instrument.currency}")
    decimals = groups[instrument.group].price_decimals
    if instrument.last_deal is not None and instrument.last_deal % (PRICE_SCALE // 10**decimals):
        raise table.wrong("last_deal", f"at most {decimals} decimals, as group {instrument.group} has")
    return instrument


def read_user(name: str, table: Table, owners: dict[str, str]) -> User:
    """Read an entry of the member register. `owners` (account to user) gains its accounts: each has one user."""
    user = User(
        name=name,
        firm=table.text("firm", NAME, "a name of letters, digits and _"),
        markets=table.words("markets", MARKETS),
        accounts=table.words("accounts"),
        dialect=table.choice("dialect", DIALECTS),
        services=table.words("services", SERVICES),
        title=table.text("title"),
    )
    table.done()
    for account in user.accounts:
        if account in owners:
            raise table.wrong("accounts", f"accounts of no other user ({account} is {owners[account]}'s)")
        owners[account] = name
    if not user.services:
        raise table.wrong("services", "at least one service")
    return user
