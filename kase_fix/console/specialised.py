"""The operator's words for specialised trading: open it, set its cut-off, confirm an order (art. 4 p. 1, 42 p. 1)."""

import enum
from typing import TypeVar

from kase_fix.calendar.almaty import SECOND
from kase_fix.console.given import Given, Wrong
from kase_fix.console.listing import Listed
from kase_fix.messages.decision import Decision
from kase_fix.messages.specialised import (
    Allocation,
    AuctionKind,
    AuctionTerms,
    ConfirmOrder,
    Execution,
    OpenSpecialised,
    SetCutOff,
    Subject,
    Submission,
)
from kase_fix.values.numbers import NotADecimal, Price, Quantity, parse_price, parse_quantity

SUFFIX = "_SPEC"
"""What the boards of specialised trading end with."""
HOUR = 3600 * SECOND
"""Of acceptance, where its end is not given."""
SYMBOL = "an instrument"
FAILED = "failed"

Choice = TypeVar("Choice", bound=enum.StrEnum)


def open_specialised(given: Given, by: Decision, listed: Listed) -> OpenSpecialised:
    """All of its terms; what is not said is an auction of one hour from now, closed, limit orders at own prices."""
    symbol = given.text("symbol", SYMBOL)
    initiator = given.text("initiator", "the single seller or buyer, a user")
    opens = given.moment("opens")
    instrument = listed(symbol)
    kind_of_price = instrument.price_kind if instrument is not None else ""
    return OpenSpecialised(
        by,
        AuctionTerms(
            symbol,
            _board(given, symbol, listed),
            initiator,
            given.text("account", "the initiator's account", f"S_{initiator}_0000"),
            _choice(given, "kind", AuctionKind.PLACEMENT),
            _quantity(given, "volume"),
            _choice(given, "subject", Subject(kind_of_price or Subject.PRICE)),
            opens,
            given.moment("closes") if given.has("closes") else opens + HOUR,
            _choice(given, "submission", Submission.CLOSED),
            0 if given.text("market_share", "a per cent", "0") == "0" else given.hundredths("market_share"),
            _choice(given, "execution", Execution.OWN),
            _choice(given, "allocation", Allocation.PRO_RATA),
            _price(given, "least") if given.has("least") else None,
        ),
    )


def set_cut_off(given: Given, by: Decision, listed: Listed) -> SetCutOff:
    """The initiator's cut-off price, or `price=failed`."""
    symbol = given.text("symbol", SYMBOL)
    board = _board(given, symbol, listed)
    failed = given.value("price") == FAILED
    price = None if failed else _price(given, "price")
    return SetCutOff(by, symbol, board, price, _quantity(given, "quantity") if given.has("quantity") else None)


def confirm(given: Given, by: Decision, _: Listed) -> ConfirmOrder:
    """A confirmation that reached the operator by other ways; `agreed=no` refuses it."""
    agreed = given.flag("agreed") if given.has("agreed") else True
    user = given.text("user", "a participant of the confirmation system")
    return ConfirmOrder(by, user, given.text("order", "an OrderID, or a deal's number"), agreed)


def _board(given: Given, symbol: str, listed: Listed) -> str:
    """Return the board that is named, else the instrument's one of specialised trading."""
    instrument = listed(symbol)
    boards = (instrument.board, *instrument.more_boards) if instrument is not None else ()
    own = next((board for board in boards if board.endswith(SUFFIX)), None)
    return given.text("board", "a board of specialised trading", own)


def _choice(given: Given, name: str, default: Choice) -> Choice:
    kinds = type(default)
    expected = "one of " + ", ".join(kinds)
    word = given.text(name, expected, default.value)
    try:
        return kinds(word)
    except ValueError:
        raise Wrong(name, word, expected) from None


def _quantity(given: Given, name: str) -> Quantity:
    expected = "a whole quantity"
    text = given.text(name, expected)
    try:
        return parse_quantity(text)
    except NotADecimal:
        raise Wrong(name, text, expected) from None


def _price(given: Given, name: str) -> Price:
    expected = "a price, or a yield where that is the subject"
    text = given.text(name, expected)
    try:
        return parse_price(text)
    except NotADecimal:
        raise Wrong(name, text, expected) from None
