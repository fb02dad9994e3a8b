"""What stands in the files of groups, boards, ladders and members: one reader for an entry of each.

The names an entry may refer to are handed in, so that a reference to nothing is refused where it is written.
Instruments have a module of their own.
"""

from collections.abc import Collection, Mapping

from kase_fix.messages.configuration import Board, Clauses, Group, LadderStep, LotLadder, TradingLimits, User
from kase_fix.rulebook.operational_day import CLOSES, OPENS
from kase_fix.rulebook.table import Table, listed
from kase_fix.values.enums import OrderKind, TimeInForce
from kase_fix.values.numbers import PRICE_DECIMALS, Price

MARKETS = ("fx", "securities", "repo", "futures")
GREATEST_DELAY = 86_400
"""Seconds market data may be late: a day."""
REPOS = ("automatic", "netting")
METHODS = ("continuous", "direct", "repo_direct", "specialised")
"""`direct` is purchase and sale, `repo_direct` a repo, by direct deals: art. 17 and 23 treat them differently."""
ADDITIONAL_METHODS = ("direct",)
RESERVE_METHODS = ("fixing",)
OPENING_PRICES = ("first deal", "last session's average", "none")
PRICE_KINDS = ("money", "yield", "bond")
LIMIT_REFERENCES = ("last deal", "day then average")
STANDBYS = ("every cross", "deviation")
SETTLEMENTS = ("currency", "T+0", "T+2", "repo", "swap", "future")
SESSIONS = ("main", "additional")
CURRENCIES = ("USD", "EUR", "RUB", "CNY", "KZT")
DIALECTS = ("FIX44", "NEXT")
SERVICES = ("api", "md", "dropcopy")
ROLES = ("bank", "fx_clearing", "national_bank", "custodian", "initiator", "market_maker")
BOTH = "+"
"""Stands between roles that a participant needs all of."""
SELF_TRADE = ("cancel_incoming",)
ORDER_KINDS = tuple(
    kind.name.lower() for kind in (OrderKind.MARKET, OrderKind.LIMIT, OrderKind.STOP, OrderKind.STOP_LIMIT)
)
TIMES_IN_FORCE = tuple(
    tif.name.lower() for tif in (TimeInForce.DAY, TimeInForce.IOC, TimeInForce.FOK, TimeInForce.GTC, TimeInForce.GTD)
)
"""What the methods of this release can carry out: a file cannot enable more."""
SEVERAL_DAYS = ("gtc", "gtd")
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


def read_group(name: str, table: Table, ladders: Mapping[str, LotLadder], instrument_keys: Collection[str]) -> Group:
    """Read the parameters of a group of instruments (art. 2 p. 1).

    Its table `instruments` says what its instruments have in common: any of `instrument_keys`.
    """
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
        reserve_method=table.choice_or_none("reserve_method", RESERVE_METHODS),
        main_method=table.choice("main_method", METHODS),
        additional_method=table.choice_or_none("additional_method", ADDITIONAL_METHODS),
        forbidden=_read_forbidden(table.inner("forbidden", needed=False)),
        price_kind=table.choice("price_kind", PRICE_KINDS),
        limit_reference=table.choice("limit_reference", LIMIT_REFERENCES),
        limit_request_minutes=table.whole("limit_request_minutes", least=0, greatest=24 * 60),
        warning_hundredths=table.percent_or_none("warning"),
        hard_hundredths=table.percent_or_none("hard"),
        hard_document=table.text_or_none("hard_document"),
        standby=table.choice_or_none("standby", STANDBYS),
        settlement=table.choice("settlement", SETTLEMENTS),
        sector=table.text("sector"),
        repo=table.choice_or_none("repo", REPOS),
    )
    _check_common(table.inner("instruments", needed=False), instrument_keys)
    table.done()
    _check_group(group, table, ladders)
    return group


def _check_group(group: Group, table: Table, ladders: Mapping[str, LotLadder]) -> None:
    """Refuse parameters that contradict each other."""
    if group.lot_ladder and ladders[group.lot_ladder].multiple != group.lot:
        raise table.wrong("lot", f"{ladders[group.lot_ladder].multiple}, the multiple of ladder {group.lot_ladder}")
    if group.max_quantity < group.lot:
        raise table.wrong("max_quantity", f"at least the lot {group.lot}")
    if group.additional_method and group.additional_method in group.forbidden:
        raise table.wrong("additional_method", f"a method that is not forbidden ({group.forbidden})")
    if group.main_method in group.forbidden:
        raise table.wrong("main_method", f"a method that is not forbidden ({group.forbidden})")
    if (group.hard_hundredths is None) != (not group.hard_document):
        raise table.wrong("hard_document", "the decision that a hard limit rests on, where there is one (art. 8 p. 4)")
    if group.price_kind == "yield" and not {"stop", "stop_limit"}.isdisjoint(group.order_kinds):
        raise table.wrong("order_kinds", "market or limit: a yield has no stop orders (R-150)")
    if group.standby == "every cross":
        if "limit" not in group.order_kinds or not {"market", "stop"}.isdisjoint(group.order_kinds):
            wanted = "limit, with or without stop_limit: every cross starts the standby (art. 7 p. 3)"
            raise table.wrong("order_kinds", wanted)
        if not {"ioc", "fok"}.isdisjoint(group.times_in_force):
            raise table.wrong("times_in_force", "neither ioc nor fok: every cross starts the standby (art. 7 p. 3)")


def _check_common(table: Table, keys: Collection[str]) -> None:
    for key in table.names:
        if key not in keys:
            raise table.unknown(key, keys)


def _read_forbidden(table: Table) -> dict[str, str]:
    """Read the methods a group does not trade by, each with its clause (art. 17, 23)."""
    forbidden = {method: table.text(method) for method in METHODS if table.given(method)}
    table.done(METHODS)
    return forbidden


def _read_clauses(table: Table) -> Clauses:
    clauses = Clauses(**{field: table.text(field) for field in Clauses.__struct_fields__})
    table.done()
    return clauses


def read_board(code: str, table: Table, users: Collection[str]) -> Board:
    """Read a board: its window lies within the operational day and ends after it starts (art. 4 p. 1; R-3).

    Preliminary orders are taken before the session (art. 7 p. 2); firm quotes are those of one of `users`.
    """
    board = Board(
        code=code,
        title=table.text("title"),
        method=table.choice("method", METHODS),
        opens=table.time("opens"),
        closes=table.time("closes"),
        clause=table.text("clause"),
        session=table.choice("session", SESSIONS),
        preliminary=table.time_or_none("preliminary"),
        preliminary_clause=table.text_or_none("preliminary_clause"),
        firm_quotes_of=table.choice_or_none("firm_quotes_of", users),
        firm_quotes_clause=table.text_or_none("firm_quotes_clause"),
        participants=_read_participants(table),
        participants_clause=table.text_or_none("participants_clause"),
        waits_for_depository=table.flag("waits_for_depository"),
        collateral=table.flag("collateral"),
        repeated=table.flag("repeated"),
    )
    table.done()
    if board.opens < OPENS:
        raise table.wrong("opens", f"no time before the operational day opens at {OPENS:%H:%M}")
    if board.closes > CLOSES:
        raise table.wrong("closes", f"no time after the operational day closes at {CLOSES:%H:%M}")
    if board.closes <= board.opens:
        raise table.wrong("closes", f"a time after the board opens at {board.opens:%H:%M:%S}")
    if board.preliminary is not None and not OPENS <= board.preliminary < board.opens:
        raise table.wrong("preliminary", f"a time from {OPENS:%H:%M} on, before the board opens at {board.opens:%H:%M}")
    if (board.preliminary is None) != (not board.preliminary_clause):
        raise table.wrong("preliminary_clause", "the clause of preliminary orders, where there are any")
    if bool(board.firm_quotes_of) != bool(board.firm_quotes_clause):
        raise table.wrong("firm_quotes_clause", "the clause of the firm quotes, where only these rest")
    if bool(board.participants) != bool(board.participants_clause):
        raise table.wrong("participants_clause", "the clause that names the participants, where there is one")
    return board


def _read_participants(table: Table) -> tuple[str, ...]:
    participants = table.words("participants")
    if not {role for roles in participants for role in roles.split(BOTH)} <= set(ROLES):
        raise table.wrong("participants", f"a list, each {listed(ROLES)}, or several of them with {BOTH} between")
    return participants


def read_collateral(table: Table) -> Price:
    """Read what a security or a unit of a basket counts as collateral of repo (R-24)."""
    price = table.price("price")
    table.done()
    return price


def _read_limits(table: Table) -> TradingLimits:
    """Read what a user may do at the most (R-114): no such line, no such limit. Values are in tenge."""
    return TradingLimits(
        table.optional("greatest_quantity", None, lambda key: table.whole(key, 0)),
        table.optional("greatest_value", None, table.money),
        table.optional("greatest_orders", None, lambda key: table.whole(key, 0)),
    )


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
        roles=table.words("roles", ROLES),
        controls=table.optional("controls", (), lambda key: table.words(key)),
        limits=_read_limits(table),
        cancel_on_disconnect=table.optional("cancel_on_disconnect", False, table.flag),
        md_markets=table.optional("md_markets", (), lambda key: table.words(key, MARKETS)),
        md_delay=table.optional("md_delay", 0, lambda key: table.whole(key, 0, GREATEST_DELAY)),
    )
    table.done()
    for account in user.accounts:
        if account in owners:
            raise table.wrong("accounts", f"accounts of no other user ({account} is {owners[account]}'s)")
        owners[account] = name
    if not user.services:
        raise table.wrong("services", "at least one service")
    return user
