"""PositionReport(AP) of the NEXT dialect: what stands on an account, by currency and settlement date."""

import datetime as dt
from collections.abc import Mapping

from kase_fix.gateway.dialect.fix_text import date_text
from kase_fix.values.numbers import Money, format_decimal

_CURRENCY_KEY = 1
"""PosKeyType(5026): PosKeyValue(5027) is a currency, with "/YYYYMMDD" where the amount belongs to a later date."""
_ADD = 0
"""PosUpdateAction(5024)."""
_AMOUNT = 1
"""PosItemType(5029): PosItemValue(5030) and PosMoneyItemValue(5066) are the net amount."""
_MONEY_DECIMALS = 2


def position_report(
    report_id: str,
    reference: str,
    account: str,
    date: dt.date,
    positions: Mapping[tuple[str, dt.date | None], Money],
    total: int = 0,
) -> str:
    """Return the body of AP for one account: `positions` maps (currency, settlement date) to minor units.

    A client takes its accounts from these reports: send one for each, `positions` empty or not. `total` is
    TotalNumPosReports(727), 0 as the exchange sends it; `reference` is PosReqID(710) of the request, empty: unasked.
    """
    keys = "".join(_key(currency, settles, amount) for (currency, settles), amount in positions.items())
    group = f"5025={len(positions)}\x01{keys}" if positions else ""
    request = f"710={reference}\x01" if reference else ""
    return (
        f"35=AP\x01721={report_id}\x01{request}727={total}\x01728=0\x01715={date_text(date)}\x011={account}\x01{group}"
    )


def _key(currency: str, settles: dt.date | None, amount: Money) -> str:
    key = f"{currency}/{date_text(settles)}" if settles else currency
    text = format_decimal(amount, _MONEY_DECIMALS, _MONEY_DECIMALS)
    return (
        f"5026={_CURRENCY_KEY}\x015027={key}\x015024={_ADD}\x01"
        f"5028=1\x015029={_AMOUNT}\x015030={text}\x015066={text}\x01"
    )
