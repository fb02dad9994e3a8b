"""One listed instrument as its file describes it; what all of a group have in common stands with the group."""

import datetime as dt
from collections.abc import Iterable, Mapping

from kase_fix.messages.configuration import Board, BondTerms, Group, Instrument, PriceDecision
from kase_fix.rulebook.identifiers import mistaken, numbers_of
from kase_fix.rulebook.operational_day import CLOSES, OPENS
from kase_fix.rulebook.price_kind import CLEAN, DIRTY, traded_kind
from kase_fix.rulebook.sections import CURRENCIES, METHODS, NAME, SETTLEMENTS, SEVERAL_DAYS
from kase_fix.rulebook.table import Table
from kase_fix.values.numbers import PRICE_SCALE, Price

TERMS = ("TOD", "TOM", "SPT")
FIRST_LEGS = ("TOD", "TOM")
SWAP_TERMS = ("001", "002", "01W", "01M", "03M", "06M", "01Y")
REPO_TERM = r"(?!000)\d{3}"
BASKETS = ("GS",)
"""What automatic repo is written on besides single securities (R-25)."""
COUPON_KINDS = ("fixed", "floating", "none")
DAY_COUNTS = ("30/360", "actual/actual", "actual/365", "actual/360")
COUPONS_A_YEAR = (1, 2, 3, 4, 6, 12)
BOND_KEYS = BondTerms.__struct_fields__
INSTRUMENT_KEYS = tuple(
    field
    for field in Instrument.__struct_fields__
    if field not in ("symbol", "price_kind", "days", "group", "isin", "nin")
)
"""What a group may say for its instruments."""


def read_instrument(symbol: str, table: Table, groups: Mapping[str, Group], boards: Mapping[str, Board]) -> Instrument:
    """Read a listed instrument; its prices lie on the grid of its group (art. 2 p. 1 sp. 5).

    The kind of a bond's price, its settlement scheme and the days of a repo come out of what is said and the group. The
    last deal is the last session's average as well where one is needed and none is given (art. 18, 40 p. 3).
    """
    group = groups[table.choice("group", groups)]
    scheme = table.optional("scheme", group.settlement, lambda key: table.choice(key, SETTLEMENTS))
    bond = decision = None
    if group.price_kind == "bond":
        bond = _read_bond(table.inner("bond"))
        decision = _read_decision(table.inner("price_decision")) if table.given("price_decision") else None
    term = _read_term(table, scheme)
    last_deal = _read_price(table, "last_deal", group)
    averaged = group.limit_reference == "day then average" or group.opening_price == "last session's average"
    instrument = Instrument(
        symbol=symbol,
        group=group.name,
        board=table.choice("board", boards),
        currency=_read_currency(symbol, table, scheme),
        quote=table.choice("quote", CURRENCIES),
        term=term,
        last_deal=last_deal,
        more_boards=table.optional("more_boards", (), lambda key: table.words(key, boards)),
        title=table.optional("title", "", table.text),
        nin=table.optional("nin", "", table.text),
        lot=table.optional("lot", None, lambda key: table.whole(key, least=1)),
        methods=table.optional("methods", (), lambda key: table.words(key, METHODS)),
        methods_document=table.optional("methods_document", "", table.text),
        bond=bond,
        price_decision=decision,
        price_kind="" if bond is None else traded_kind(bond, decision),
        scheme=scheme,
        settled_in=table.optional("settled_in", "", lambda key: table.choice(key, CURRENCIES)),
        first_leg=table.choice("first_leg", FIRST_LEGS) if scheme == "swap" else "",
        underlying=table.text("underlying", NAME) if scheme in ("repo", "future") else "",
        days=int(term) if scheme == "repo" else 0,
        average=_read_price(table, "average", group, last_deal if averaged else None),
        opens=table.optional("opens", None, table.time),
        closes=table.optional("closes", None, table.time),
        isin=table.optional("isin", "", table.text),
    )
    table.done()
    _check_instrument(instrument, table, group, boards)
    return instrument


def check_numbers(instruments: Iterable[Instrument], tables: Mapping[str, Table]) -> None:
    """Refuse an ISIN or a national number that cannot be, or that two have (ISO 6166)."""
    taken: dict[str, str] = {}
    for instrument in instruments:
        key, expected = mistaken(instrument, taken)
        if key:
            raise tables[instrument.symbol].wrong(key, expected)
        taken |= numbers_of([instrument])


def check_underlyings(
    instruments: Iterable[Instrument], tables: Mapping[str, Table], groups: Mapping[str, Group]
) -> None:
    """Refuse a repo in what is not listed, and one in shares, which know only direct repo (art. 23)."""
    listed = {instrument.symbol: instrument for instrument in instruments}
    for instrument in listed.values():
        if instrument.scheme != "repo" or instrument.underlying in BASKETS:
            continue
        subject = listed.get(instrument.underlying)
        if subject is None or groups[subject.group].market != "securities":
            raise tables[instrument.symbol].wrong("underlying", f"a listed security, or a basket ({BASKETS[0]})")
        if groups[subject.group].main_method == "repo_direct":
            raise tables[instrument.symbol].wrong("underlying", "no share: it knows only direct repo (art. 23)")


def _read_currency(symbol: str, table: Table, scheme: str) -> str:
    if scheme in ("currency", "swap"):
        return table.choice("currency", CURRENCIES)
    return table.optional("currency", symbol, lambda key: table.text(key, NAME))


def _read_term(table: Table, scheme: str) -> str:
    if scheme == "currency":
        return table.choice("term", TERMS)
    if scheme == "swap":
        return table.choice("term", SWAP_TERMS)
    if scheme == "repo":
        return table.text("term", REPO_TERM, 'calendar days as text of three digits, like "007"')
    return ""


def _read_price(table: Table, key: str, group: Group, default: Price | None = None) -> Price | None:
    read = table.signed_or_none if group.price_kind == "yield" else table.price_or_none
    return table.optional(key, default, read)


def _read_bond(table: Table) -> BondTerms:
    discount = table.optional("discount", False, table.flag)
    terms = BondTerms(
        nominal=table.money("nominal"),
        currency=table.choice("currency", CURRENCIES),
        issued=table.date("issued"),
        matures=table.date_or_none("matures"),
        discount=discount,
        indexed=table.optional("indexed", False, table.flag),
        coupon=table.optional("coupon", None, table.price_or_none),
        coupon_kind=table.choice("coupon_kind", COUPON_KINDS),
        coupon_known_days=table.optional("coupon_known_days", None, lambda key: table.whole(key, 0, 366)),
        coupons_a_year=table.optional("coupons_a_year", 2, lambda key: table.whole(key, 1, 12)),
        day_count=table.choice("day_count", DAY_COUNTS),
        same_dates=table.optional("same_dates", True, table.flag),
        amortised=table.optional("amortised", False, table.flag),
        capitalised=table.optional("capitalised", False, table.flag),
        other_payments=table.optional("other_payments", False, table.flag),
    )
    table.done()
    if terms.matures is not None and terms.matures <= terms.issued:
        raise table.wrong("matures", f"a date after it was issued on {terms.issued}")
    if terms.coupons_a_year not in COUPONS_A_YEAR:
        raise table.wrong("coupons_a_year", f"one of {COUPONS_A_YEAR}")
    if discount and terms.coupon_kind != "none":
        raise table.wrong("coupon_kind", "none, as a discount security has")
    if terms.coupon is not None and terms.coupon_kind == "none":
        raise table.wrong("coupon", "none, as there is no coupon")
    return terms


def _read_decision(table: Table) -> PriceDecision:
    """Read the Board member's decision on the kind of price (art. 24 p. 2)."""
    decision = PriceDecision(
        kind=table.choice("kind", (CLEAN, DIRTY)), document=table.text("document"), date=table.date("date")
    )
    table.done()
    return decision


def _check_instrument(instrument: Instrument, table: Table, group: Group, boards: Mapping[str, Board]) -> None:
    """Refuse what contradicts itself, its group or its boards."""
    if instrument.scheme in ("currency", "swap") and instrument.quote == instrument.currency:
        raise table.wrong("quote", f"another currency than {instrument.currency}")
    step = PRICE_SCALE // 10**group.price_decimals
    for key, price in (("last_deal", instrument.last_deal), ("average", instrument.average)):
        if price is not None and price % step:
            raise table.wrong(key, f"at most {group.price_decimals} decimals, as group {group.name} has")
    if instrument.board in instrument.more_boards:
        raise table.wrong("more_boards", f"other boards than {instrument.board}")
    on = [boards[code] for code in (instrument.board, *instrument.more_boards)]
    if not any(board.preliminary for board in on) and not set(SEVERAL_DAYS).isdisjoint(group.times_in_force):
        raise table.wrong("board", f"a board with preliminary orders, as {group.name} takes orders of several days")
    if instrument.methods and not {board.method for board in on} & set(instrument.methods):
        raise table.wrong("methods", f"the method of one of its boards ({', '.join(board.method for board in on)})")
    if bool(instrument.methods) != bool(instrument.methods_document):
        raise table.wrong("methods_document", "the decision or request that names the methods, where they are named")
    _check_window(instrument, table, on[0])


def _check_window(instrument: Instrument, table: Table, board: Board) -> None:
    """Its own window lies within the operational day, not always within its board's (art. 4 p. 1)."""
    opens: dt.time = instrument.opens or board.opens
    closes: dt.time = instrument.closes or board.closes
    if opens < OPENS:
        raise table.wrong("opens", f"no time before the operational day opens at {OPENS:%H:%M}")
    if closes > CLOSES:
        raise table.wrong("closes", f"no time after the operational day closes at {CLOSES:%H:%M}")
    if closes <= opens:
        raise table.wrong("closes", f"a time after it opens at {opens:%H:%M}")
