"""What NEXT tells a market maker: ML what he is bound to, MS how his quotes stand now and where they fell short."""

from collections.abc import Iterable

from kase_fix.gateway.dialect.fix_text import utc_timestamp
from kase_fix.marketdata.quoting import Breach, Quoting
from kase_fix.messages.configuration import Group, Instrument
from kase_fix.messages.making import Liability
from kase_fix.rulebook.making import Quote, has_volume, volume_of
from kase_fix.values.numbers import format_decimal, format_price

WARNINGS = 100
"""So many of the day's last breaches stand in one MS."""
BUY = "5132={}\x015133={}\x01", "5134={}\x01"
"""MMBuyPrice, MMBuyQty; MMBuyVol."""
SELL = "5135={}\x015136={}\x01", "5137={}\x01"


def liability_list(reference: str, firm: str, bound: Iterable[tuple[Liability, int]]) -> str:
    """Return the body of ML: each liability with the decimals of its prices; a member without any has no group."""
    entries = [_liability(liability, decimals) for liability, decimals in bound]
    group = f"5129={len(entries)}\x01{''.join(entries)}" if entries else ""
    return f"35=ML\x015128={reference}\x015183={firm}\x01{group}"


def statistics(reference: str, quoting: Quoting, instrument: Instrument, group: Group) -> str:
    """Return the body of MS: the best marked price of each side with what is shown at it, the spread, the breaches.

    What is not there is left out: a side without an order, the spread without both, volume and per cent of a yield.
    """
    symbol, told = quoting.liability.symbol, quoting.breaches[-WARNINGS:]
    warnings = "".join(_warning(symbol, breach) for breach in told)
    return (
        f"35=MS\x015128={reference}\x0155={symbol}\x01{_side(quoting.buy, instrument, group, BUY)}"
        f"{_side(quoting.sell, instrument, group, SELL)}{_spread(quoting, group)}"
        + (f"5140={len(told)}\x01{warnings}" if told else "")
    )


def _liability(one: Liability, decimals: int) -> str:
    parts = (
        ("5123={}\x01", None if one.spread is None else format_price(one.spread, decimals)),
        ("5124={}\x01", None if one.spread_hundredths is None else format_decimal(one.spread_hundredths, 2, 0)),
        ("5125={}\x01", one.quantity),
        ("5126={}\x01", None if one.volume is None else format_decimal(one.volume, 2, 2)),
        ("5127={}\x01", None if one.deviation_hundredths is None else format_decimal(one.deviation_hundredths, 2, 0)),
    )
    return f"55={one.symbol}\x01" + "".join(part.format(value) for part, value in parts if value is not None)


def _side(quote: Quote | None, instrument: Instrument, group: Group, tags: tuple[str, str]) -> str:
    if quote is None:
        return ""
    shown, volume = tags
    text = shown.format(format_price(quote.price, group.price_decimals), quote.quantity)
    if not has_volume(group):
        return text
    return text + volume.format(format_decimal(volume_of(instrument, group, quote), 2, 2))


def _spread(quoting: Quoting, group: Group) -> str:
    if quoting.spread is None:
        return ""
    text = f"5138={format_price(quoting.spread, group.price_decimals)}\x01"
    hundredths = quoting.spread_hundredths
    return text if hundredths is None or not has_volume(group) else f"{text}5139={format_decimal(hundredths, 2, 2)}\x01"


def _warning(symbol: str, breach: Breach) -> str:
    """An entry of MMWarningsGrp: 5141 are all the ways in which the quote fell short, 5143 only of one that is over."""
    ended = "5144=N\x01" if breach.ends is None else f"5143={utc_timestamp(breach.ends)}\x015144=Y\x01"
    return f"55={symbol}\x015141={' '.join(breach.kinds)}\x015142={utc_timestamp(breach.begins)}\x01{ended}"
