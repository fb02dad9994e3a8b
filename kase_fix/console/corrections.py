"""How an operator cancels and corrects deals (R-165, R-166)."""

import msgspec

from kase_fix.console.given import Given, Wrong
from kase_fix.console.listing import Listed
from kase_fix.messages.corrections import BustDeal, CorrectDeal
from kase_fix.messages.decisions import Decision
from kase_fix.values.numbers import NotADecimal, Quantity, parse_quantity

DEAL = "the deal's number"


def bust_deal(given: Given, by: Decision, _: Listed) -> BustDeal:
    """A deal, cancelled by the document of this number."""
    return BustDeal(_numbered(given, by), given.text("deal", DEAL))


def correct_deal(given: Given, by: Decision, _: Listed) -> CorrectDeal:
    """A deal with another price, another quantity or both."""
    by, deal = _numbered(given, by), given.text("deal", DEAL)
    price = given.price("price") if given.has("price") else None
    quantity = _quantity(given) if given.has("quantity") else None
    if price is None and quantity is None:
        raise Wrong("price", "nothing", "a price like 410.50, or 'quantity'")
    return CorrectDeal(by, deal, price, quantity)


def _quantity(given: Given) -> Quantity:
    expected = "a whole quantity"
    text = given.text("quantity", expected)
    try:
        return parse_quantity(text)
    except NotADecimal:
        raise Wrong("quantity", text, expected) from None


def _numbered(given: Given, by: Decision) -> Decision:
    """Return who decides, with the document's number also where it is called `number`."""
    return msgspec.structs.replace(by, document=given.text("number", "the number of a document", by.document))
