"""Positions as both dialects tell them: what an account is to get and to deliver, by asset and settlement date.

AP of NEXT has all of an account in one message, DP one position of it; AP of FIX44 is one position, AO says that there
is none, or why none is told.
"""

import datetime as dt
from collections.abc import Mapping

from kase_fix.clearing.obligations import Key
from kase_fix.gateway.dialect.fix_text import date_text
from kase_fix.gateway.dialect.problems import BusinessReason, business_reject
from kase_fix.gateway.dialect.questions import Positions
from kase_fix.rulebook.sections import CURRENCIES
from kase_fix.values.numbers import format_decimal

CURRENCY_KEY, SECURITY_KEY = 1, 2
"""PosKeyType(5026): PosKeyValue(5027) is a currency or a security, with "/YYYYMMDD" of the settlement."""
_ADD = 0
"""PosUpdateAction(5024)."""
_AMOUNT = 1
"""PosItemType(5029): PosItemValue(5030) is the net amount, PosMoneyItemValue(5066) too where it is money."""
_MONEY_DECIMALS = 2
POSITIONS, ACTIVITY = ("", "0"), "4"
"""PosReqType(724): what stands; settlement activity, which NEXT is told as DP."""
FOUND, NONE_FOUND, NOT_AUTHORIZED, NOT_SUPPORTED = 0, 2, 3, 4
"""PosReqResult(728)."""
REJECTED = {NOT_AUTHORIZED: "The account {} is not yours", NOT_SUPPORTED: "Positions are told, 724=0, and nothing else"}
NOT_YOURS = REJECTED[NOT_AUTHORIZED]


def result_of(question: Positions, accounts: tuple[str, ...], kinds: tuple[str, ...]) -> int:
    """Return PosReqResult(728) of a request: whether its account is the user's and its kind one that is answered."""
    if question.account and question.account not in accounts:
        return NOT_AUTHORIZED
    return FOUND if question.kind in kinds else NOT_SUPPORTED


def answers_of_fix44(
    question: Positions, report_id: str, today: dt.date, accounts: tuple[str, ...], held: Mapping[Key, int]
) -> list[str]:
    """Return the answers to AN of FIX44: an AP for each position, or AO."""
    result = result_of(question, accounts, POSITIONS)
    wanted = wanted_of(question, held)
    if result == FOUND and not wanted:
        result = NONE_FOUND
    if result != FOUND:
        return [_ack(question, report_id, result)]
    head = f"710={question.reference}\x01724=0\x01727={len(wanted)}\x01728=0\x01715={date_text(today)}\x01"
    return [
        f"35=AP\x01721={report_id}-{place}\x01{head}1={key.account}\x01{_asset(key)}{_quantities(key, amount)}"
        f"743={date_text(key.settlement)}\x01"
        for place, (key, amount) in enumerate(wanted.items(), 1)
    ]


def answers_of_next(
    question: Positions, report_id: str, today: dt.date, accounts: tuple[str, ...], held: Mapping[Key, int]
) -> list[str]:
    """Return the answers to AL and AN of NEXT: an AP for each account, with positions or without; DP where asked for.

    A client takes its accounts from the AP, so an account that is not the user's is told by j.
    """
    result = result_of(question, accounts, (*POSITIONS, ACTIVITY))
    if result != FOUND:
        text = REJECTED[result].format(question.account)
        return [business_reject(0, "AN", BusinessReason.OTHER, text, question.reference)]
    wanted = wanted_of(question, held)
    if question.kind == ACTIVITY:
        return [day_position(place, key, amount) for place, (key, amount) in enumerate(wanted.items(), 1)]
    date = question.date or today
    return [
        position_report(
            f"{report_id}-{place}",
            question.reference,
            account,
            date,
            {key: amount for key, amount in wanted.items() if key.account == account},
        )
        for place, account in enumerate(accounts, 1)
        if question.account in ("", account)
    ]


def wanted_of(question: Positions, held: Mapping[Key, int]) -> dict[Key, int]:
    """Return the positions a question is about."""
    return {
        key: amount
        for key, amount in held.items()
        if question.account in ("", key.account) and question.asset in ("", key.asset)
    }


def position_report(
    report_id: str,
    reference: str,
    account: str,
    date: dt.date,
    positions: Mapping[Key, int],
    total: int = 0,
) -> str:
    """Return the body of AP of NEXT for one account.

    `total` is TotalNumPosReports(727), 0 as the exchange sends it; `reference` is PosReqID(710), empty: unasked.
    """
    keys = "".join(_key(key, amount) for key, amount in positions.items())
    group = f"5025={len(positions)}\x01{keys}" if positions else ""
    request = f"710={reference}\x01" if reference else ""
    return (
        f"35=AP\x01721={report_id}\x01{request}727={total}\x01728=0\x01715={date_text(date)}\x011={account}\x01{group}"
    )


def day_position(place: int, key: Key, amount: int) -> str:
    """Return the body of DP: one net position of an account on one date; nothing is blocked for it."""
    gets, owes = _text(key.asset, max(amount, 0)), _text(key.asset, max(-amount, 0))
    return (
        f"35=DP\x011={key.account}\x015158={key.asset}\x015155={date_text(key.settlement)}\x015148={gets}\x01"
        f"5149={owes}\x015150={_text(key.asset, amount)}\x015151=0\x015152=0\x015174={place}\x01"
    )


def _ack(question: Positions, report_id: str, result: int) -> str:
    """AO: nothing found is a request completed (729=0), anything else one refused (729=2)."""
    words = f"58={REJECTED[result].format(question.account)}\x01" if result in REJECTED else ""
    account = f"1={question.account}\x01" if question.account else ""
    return (
        f"35=AO\x01721={report_id}\x01710={question.reference}\x01727=0\x01728={result}\x01"
        f"729={2 if words else 0}\x01{account}{words}"
    )


def _asset(key: Key) -> str:
    return f"15={key.asset}\x01" if key.asset in CURRENCIES else f"55={key.asset}\x01"


def _quantities(key: Key, amount: int) -> str:
    gets, owes = _text(key.asset, max(amount, 0)), _text(key.asset, max(-amount, 0))
    return f"702=1\x01703=DLV\x01704={gets}\x01705={owes}\x01"


def _key(key: Key, amount: int) -> str:
    text = _text(key.asset, amount)
    money = key.asset in CURRENCIES
    paid = f"5066={text}\x01" if money else ""
    return (
        f"5026={CURRENCY_KEY if money else SECURITY_KEY}\x015027={key.asset}/{date_text(key.settlement)}\x01"
        f"5024={_ADD}\x015028=1\x015029={_AMOUNT}\x015030={text}\x01{paid}"
    )


def _text(asset: str, amount: int) -> str:
    """Return money in units, anything else in pieces."""
    return format_decimal(amount, _MONEY_DECIMALS, _MONEY_DECIMALS) if asset in CURRENCIES else str(amount)
