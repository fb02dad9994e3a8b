"""SecurityList(y) of both dialects: the instruments, their boards and what is accepted in them."""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence

from kase_fix.calendar.swaps import leg_symbols
from kase_fix.gateway.dialect.fix_text import date_text
from kase_fix.gateway.dialect.listing import SESSION_STATES, Listed
from kase_fix.gateway.dialect.numbers_text import security_ids
from kase_fix.gateway.dialect.questions import SecurityList
from kase_fix.rulebook.methods import REPO_DIRECT, method_enabled
from kase_fix.values.enums import Phase
from kase_fix.values.numbers import PRICE_SCALE, format_decimal, format_price

CHUNK = 100
"""Instruments in one message: some 40 kB, under the size a doorman lets pass."""
FOUND = "0"
NO_INSTRUMENTS = "2"
AS_IS, NO_MATCH = "1", "6"
"""SecurityResponseType(323)."""

_KIND_VALUES = {"market": "1", "limit": "2", "stop": "3", "stop_limit": "4"}
_TIF_VALUES = {"day": "0", "gtc": "1", "at_opening": "2", "ioc": "3", "fok": "4", "gtx": "5", "gtd": "6"}
_METHODS = {"direct": "direct deals", "repo_direct": "direct repo", "specialised": "specialised trading"}
"""Text(58) of a board that is not one of continuous trading."""
_DIRECT_REPO = "R"
_OWN_KINDS = {"swap": "G", "repo": "A"}
"""OrdType(40) of NEXT for a limit order, by how the group's deals are settled."""
LEG_SIDES = ("1", "2")
"""LegSide(624) of who buys a swap: he buys, then sells back."""
_PRODUCTS = {"fx": "4"}
"""Product(460) by market: 4 is currency."""
_PRICE_PRECISION = 27
"""NestedInstrAttribType(1210): NestedInstrAttribValue(1211) is the number of decimals of a price."""
_TEXT = 99
"""NestedInstrAttribType(1210) of text: the kind of price, which y of the clients' dictionary has no tag for (R-181)."""
_PRICE_TYPES = {"clean": "1", "dirty": "2", "yield": "9"}
"""PriceType(423): per cent of par, per unit, yield; all else is money for a unit."""


def security_list(
    dialect: str,
    asked: SecurityList,
    response_id: str,
    instruments: Iterable[Listed],
    phase: Callable[[str, str], Phase],
    settlement: Mapping[str, dt.date],
    sessions: Mapping[str, int] | None = None,
    chunk: int = CHUNK,
    limits: Mapping[str, int | None] | None = None,
    hard_limits: Mapping[str, int | None] | None = None,
) -> tuple[str, ...]:
    """Return the bodies of the answer to x, at most `chunk` instruments each; with none one that says so (560=2).

    `dialect` is `FIX44` or `NEXT`. `phase` gives that of a symbol on a board, `settlement` today's dates by symbol,
    `sessions` the serials of the boards' sessions (NEXT, 5036), `limits` and `hard_limits` those of deviation that
    were set for today. `response_id` becomes 322 of every message. An instrument on several boards is one entry of
    NEXT with all of them, its own first, and in FIX44 an entry for each.
    """
    texts: list[str] = []
    for listed in instruments:
        symbol = listed.instrument.symbol
        if asked.symbol not in ("", symbol):
            continue
        date = settlement.get(symbol)
        states = [(board.code, SESSION_STATES[phase(board.code, symbol)]) for board in listed.boards]
        limit = (limits or {}).get(symbol, listed.group.limit_hundredths)
        least = _least(limit, (hard_limits or {}).get(symbol, listed.group.hard_hundredths))
        if dialect == "NEXT":
            session = (sessions or {}).get(listed.board.code, 0)
            texts.append(_next_row(listed, states, date, session, (limit, least)))
        else:
            texts += [_fix44_row(listed, board, state, date, least) for board, state in states]
    if asked.definition:
        return _definitions(asked, response_id, texts)
    head = f"35=y\x01320={asked.request_id}\x01322={response_id}\x01"
    if not texts:
        return (f"{head}560={NO_INSTRUMENTS}\x01393=0\x01893=Y\x01",)
    return tuple(_message(head, texts, start, chunk) for start in range(0, len(texts), chunk))


def _definitions(asked: SecurityList, response_id: str, texts: Sequence[str]) -> tuple[str, ...]:
    """Return a d with what y tells of the instrument, in FIX44 one for each board; without one 323=6."""
    head = f"35=d\x01320={asked.request_id}\x01322={response_id}\x01"
    unknown = f"{head}323={NO_MATCH}\x0155={asked.symbol}\x0158=Unknown instrument {asked.symbol}\x01"
    return tuple(f"{head}323={AS_IS}\x01{text}" for text in texts) or (unknown,)


def _message(head: str, texts: Sequence[str], start: int, chunk: int) -> str:
    part = texts[start : start + chunk]
    last = "Y" if start + chunk >= len(texts) else "N"
    return f"{head}560={FOUND}\x01393={len(texts)}\x01893={last}\x01146={len(part)}\x01{''.join(part)}"


def _least(limit: int | None, hard: int | None) -> int | None:
    """Return the limit that is met first; None: there is none."""
    return min((one for one in (limit, hard) if one is not None), default=None)


def _fix44_row(listed: Listed, board: str, state: str, settlement: dt.date | None, hundredths: int | None) -> str:
    instrument, group = listed.instrument, listed.group
    lot = instrument.lot or group.lot
    product = _field(460, _PRODUCTS.get(group.market, ""))
    date = f"64={date_text(settlement)}\x01" if settlement else ""
    return (
        f"55={instrument.symbol}\x01{security_ids('FIX44', instrument)}{product}107={group.title}\x01"
        f"5046={listed.decimals}\x0115={instrument.quote}\x01561={lot}\x01562={lot}\x015035={group.max_quantity}\x01{_step(listed)}"
        f"423={_price_type(listed)}\x01{_field(1143, _percent(hundredths))}336={board}\x01625={state}\x01"
        f"{_field(58, _method(listed, board))}{date}{_nominal(listed)}{_what_it_is(listed)}"
        f"{_group(1237, 40, [_KIND_VALUES[kind] for kind in group.order_kinds if kind in _KIND_VALUES])}"
        f"{_group(1239, 59, _times(listed))}{_legs(listed, LEG_SIDES)}"
    )


def _next_row(
    listed: Listed,
    states: Sequence[tuple[str, str]],
    settlement: dt.date | None,
    session: int,
    hundredths: tuple[int | None, int | None],
) -> str:
    instrument, group = listed.instrument, listed.group
    lot = instrument.lot or group.lot
    limit, least = map(_percent, hundredths)
    date = f"5155={date_text(settlement)}\x01" if settlement else ""
    serial = f"5036={session}\x01" if session else ""
    kinds = [_KIND_VALUES[kind] for kind in group.order_kinds if kind in _KIND_VALUES]
    kinds += [_OWN_KINDS[group.settlement]] if group.settlement in _OWN_KINDS else []
    kinds += [_DIRECT_REPO] if any(board.method == REPO_DIRECT for board in listed.boards) else []
    methods = ", ".join(f"{board} {_method(listed, board)}" for board, _ in states if _method(listed, board))
    boards = "".join(f"336={board}\x01625={state}\x01" for board, state in states)
    return (
        f"55={instrument.symbol}\x01{security_ids('NEXT', instrument)}{_field(460, _PRODUCTS.get(group.market, ''))}"
        f"5031={lot}\x015034={lot}\x015035={group.max_quantity}\x01{serial}{_field(5039, limit)}"
        f"{_field(5044, instrument.currency)}5045={instrument.quote}\x015046={listed.decimals}\x01{_step(listed)}"
        f"5114={group.title}\x01{date}561={lot}\x01562={lot}\x01{_field(1143, least)}"
        f"1245={instrument.quote}\x011309={len(states)}\x01{boards}"
        f"{_group(1237, 40, kinds)}{_group(1239, 59, _times(listed))}"
        f"1312=2\x011210={_PRICE_PRECISION}\x011211={listed.decimals}\x01"
        f"1210={_TEXT}\x011211=PriceType {_price_type(listed)}\x01{_field(58, methods)}"
        f"{_nominal(listed)}{_what_it_is(listed)}{_legs(listed, ())}"
    )


def _step(listed: Listed) -> str:
    return f"5047={format_price(PRICE_SCALE // 10**listed.decimals, 0)}\x01"


def _price_type(listed: Listed) -> str:
    return _PRICE_TYPES.get(listed.instrument.price_kind or listed.group.price_kind, "2")


def _percent(hundredths: int | None) -> str:
    return "" if hundredths is None else format_decimal(hundredths, 2, 0)


def _times(listed: Listed) -> list[str]:
    return [_TIF_VALUES[tif] for tif in listed.group.times_in_force if tif in _TIF_VALUES]


def _what_it_is(listed: Listed) -> str:
    """MaturityDate(541) and CouponRate(223) of a bond; RepurchaseTerm(226), in days, and 711{311} of a repo."""
    instrument = listed.instrument
    if instrument.bond is not None:
        bond = instrument.bond
        matures = "" if bond.matures is None else f"541={date_text(bond.matures)}\x01"
        return matures if bond.coupon is None else f"{matures}223={format_price(bond.coupon, 2)}\x01"
    if not listed.group.repo:
        return ""
    return f"226={instrument.days}\x01711=1\x01311={instrument.underlying}\x01"


def _nominal(listed: Listed) -> str:
    """InstrNominal(5033), par of a bond in whole units."""
    bond = listed.instrument.bond
    return "" if bond is None else f"5033={bond.nominal // 100}\x01"


def _legs(listed: Listed, sides: Sequence[str]) -> str:
    """Return the legs of a swap as its buyer has them: 555{600, 624} with these sides, else 555{600, 602, 687}."""
    if listed.group.settlement != "swap":
        return ""
    symbols = leg_symbols(listed.instrument)
    if sides:
        parts = [f"600={symbol}\x01624={side}\x01" for symbol, side in zip(symbols, sides, strict=True)]
    else:
        parts = [f"600={symbol}\x01602={symbol}\x01687=1\x01" for symbol in symbols]
    return f"555={len(parts)}\x01{''.join(parts)}"


def _method(listed: Listed, code: str) -> str:
    """Return the method of one of an instrument's boards in words, and whether it trades by it; continuous: empty."""
    board = next(board for board in listed.boards if board.code == code)
    refused = method_enabled(listed.instrument, board, listed.group)
    if refused is not None:
        return f"not traded by this method ({refused.clause})"
    return _METHODS.get(board.method, "")


def _field(tag: int, text: str) -> str:
    return f"{tag}={text}\x01" if text else ""


def _group(count: int, tag: int, values: Sequence[str]) -> str:
    return f"{count}={len(values)}\x01{''.join(f'{tag}={value}' + chr(1) for value in values)}" if values else ""
