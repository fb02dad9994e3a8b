"""Prices, quantities and money as integers, and the one way in which text becomes them and they become text.

Units: a `Price` counts 10^-8 of the quoted unit (tenge, dollars, % of par, % p.a.) and may be negative; a `Quantity`
counts what OrderQty(38) counts; `Money` counts minor units (tiyn, cents). No float ever takes part.
"""

from typing import TypeAlias

Price: TypeAlias = int
Quantity: TypeAlias = int
Money: TypeAlias = int

PRICE_DECIMALS = 8
PRICE_SCALE = 10**PRICE_DECIMALS
GREATEST = 9 * 10**18
"""Nothing written to the journal exceeds 64 bits; text that would is refused where it enters."""


class NotADecimal(ValueError):
    """The text is no plain decimal number, or has more decimals or digits than the scale holds."""


def parse_decimal(text: str, decimals: int) -> int:
    """Return `text` as an integer count of 10^-`decimals`.

    Raises `NotADecimal` for an exponent, blanks, thousands separators, more than `decimals` decimals that are not
    zero, or a number beyond `GREATEST`. Accepts what FIX calls float: optional '-', digits, optional '.' and digits.
    """
    negative = text.startswith("-")
    whole, _, fraction = (text[1:] if negative else text).partition(".")
    digits = whole + fraction
    if not (digits.isascii() and digits.isdigit()) or len(digits) > 40:
        raise NotADecimal(text)
    if len(fraction) > decimals:
        if fraction[decimals:].strip("0"):
            raise NotADecimal(text)
        fraction = fraction[:decimals]
    value = int((whole or "0") + fraction.ljust(decimals, "0"))
    if value > GREATEST:
        raise NotADecimal(text)
    return -value if negative else value


def format_decimal(value: int, scale: int, decimals: int) -> str:
    """Return `value`, a count of 10^-`scale`, with at least `decimals` decimals and as many more as it needs."""
    sign = "-" if value < 0 else ""
    if scale == 0:
        return f"{sign}{abs(value)}"
    digits = str(abs(value)).rjust(scale + 1, "0")
    whole, fraction = digits[:-scale], digits[-scale:].rstrip("0").ljust(decimals, "0")
    return f"{sign}{whole}.{fraction}" if fraction else f"{sign}{whole}"


def parse_price(text: str) -> Price:
    """Return a price in 10^-8 of its unit. Raises `NotADecimal`, which the dialect answers with 3, 373=6."""
    return parse_decimal(text, PRICE_DECIMALS)


def format_price(price: Price, decimals: int) -> str:
    """Return the price as text with at least `decimals` decimals, as the instrument shows them."""
    return format_decimal(price, PRICE_DECIMALS, decimals)


def parse_quantity(text: str) -> Quantity:
    """Return a whole quantity ("1000" or "1000.0"). Raises `NotADecimal`."""
    return parse_decimal(text, 0)


def divide_half_up(numerator: int, denominator: int) -> int:
    """Return numerator / denominator rounded half up (away from zero for negatives); `denominator` is positive."""
    quotient = (2 * abs(numerator) + denominator) // (2 * denominator)
    return -quotient if numerator < 0 else quotient


def money_of(price: Price, quantity: Quantity) -> Money:
    """Return price x quantity in minor units (10^-2) of the quoted currency, rounded half up."""
    return divide_half_up(price * quantity, 10 ** (PRICE_DECIMALS - 2))
