"""What reports say of direct orders, and of orders that wait for somebody: the other side, and what is to be done."""

from typing import NamedTuple

import msgspec

from kase_fix.gateway.dialect.delivery import BUYER, CONFIRMER, COUNTERPARTY, OWNER
from kase_fix.gateway.dialect.fix_text import date_text
from kase_fix.messages.deal_events import Deal
from kase_fix.messages.order_state import OrderState
from kase_fix.rulebook.refusals import in_russian
from kase_fix.values.enums import LIMITED, OrderKind, OrderStatus, Side
from kase_fix.values.numbers import format_price

PENDING = (OrderStatus.PENDING_COUNTERPARTY, OrderStatus.PENDING_CONFIRMATION)
"""An order waits for another's word."""
CONTRA_FIRM = "17"
"""PartyRole(452) of the other side."""


class Tags(NamedTuple):
    """Where a dialect says what FIX has no tag for in an ExecutionReport."""

    replaced: int
    """The deal that is repeated."""
    closing_price: int
    """Of a direct repo; 0: in the text only."""


FIX44_TAGS = Tags(replaced=1003, closing_price=640)
NEXT_TAGS = Tags(replaced=19, closing_price=0)
"""ExecRefID(19): ExecID(17) is the deal's number there; FIX.5.0, which the clients know, has no 1003 in an 8."""
_ENGLISH = {Side.BUY: "buy", Side.SELL: "sell"}
_RUSSIAN = {Side.BUY: "покупку", Side.SELL: "продажу"}


def side_of(order: OrderState, user: str) -> str:
    """Return as what a user looks at an order (see `delivery`); whoever may see it else does so as its owner."""
    if user == order.user:
        return OWNER
    if order.direct is not None and order.direct.counterparty == user:
        return COUNTERPARTY
    return CONFIRMER if order.confirmer == user else OWNER


def as_seen(order: OrderState, side: str) -> OrderState:
    """Return an order as this side may see it: a counterparty learns nothing of the account.

    To others than its owner a limit order is one, by whatever name he knows it: his dialect may not be theirs.
    """
    if side == OWNER:
        return order
    kind = OrderKind.LIMIT if order.kind in LIMITED else order.kind
    return msgspec.structs.replace(order, account="" if side == COUNTERPARTY else order.account, kind=kind)


def direct_fields(order: OrderState, side: str, decimals: int, tags: Tags) -> str:
    """Return 453, 526, 917 of a direct order, the deal it repeats and the price of a repo's closing under `tags`.

    Also 453 for who has to confirm another's order: whose it is.
    """
    direct = order.direct
    if direct is None:
        return _party(order.user) if side == CONFIRMER else ""
    reference = f"526={direct.reference}\x01" if direct.reference else ""
    replaced = f"{tags.replaced}={direct.replaces}\x01" if direct.replaces else ""
    closes = f"917={date_text(direct.closes)}\x01" if direct.closes else ""
    closing = ""
    if direct.closing_price is not None and tags.closing_price:
        closing = f"{tags.closing_price}={format_price(direct.closing_price, decimals)}\x01"
    other = direct.counterparty if side == OWNER else order.user
    return f"{_party(other)}{reference}{replaced}{closes}{closing}"


def what_it_waits_for(order: OrderState, side: str, decimals: int) -> tuple[str, str]:
    """Return in English and Russian what a waiting order waits for, to the one who can do it as a request."""
    if order.status is OrderStatus.PENDING_CONFIRMATION:
        if side != CONFIRMER:
            return f"Waits for the confirmation of {order.confirmer}", f"Ожидает подтверждения {order.confirmer}"
        return to_confirm(order.order_id)
    direct = order.direct
    if direct is None:
        return "", ""
    if side != COUNTERPARTY:
        return f"Waits for the answer of {direct.counterparty}", f"Ожидает ответа {direct.counterparty}"
    price = "" if order.price is None else format_price(order.price, decimals)
    terms = f"{order.quantity} {order.symbol}"
    english, russian = _closing(order, decimals)
    own, other = order.side, order.side.other
    return (
        f"{order.user} would {_ENGLISH[own]} {terms} at {price}{english}: answer by the same order to "
        f"{_ENGLISH[other]}, or refuse by F with OrderID {order.order_id}",
        f"{order.user}: заявка на {_RUSSIAN[own]} {terms} по {price}{russian}. Ответьте такой же заявкой на "
        f"{_RUSSIAN[other]} или откажитесь сообщением F с OrderID {order.order_id}",
    )


def to_confirm(name: str) -> tuple[str, str]:
    """Return in English and Russian what a custodian is to do about an order or a deal of this name (art. 42)."""
    return (
        f"Confirm or reject by AU with ConfirmID {name}, AffirmStatus 3 or 2",
        f"Подтвердите или отклоните сообщением AU: ConfirmID {name}, AffirmStatus 3 или 2",
    )


def deal_waits(deal: Deal, side: str) -> tuple[str, str]:
    """Return in English and Russian who has to confirm a deal; who controls the other side's account is not named."""
    own = deal.controllers[0 if side == BUYER else 1] if deal.controllers else ""
    if own in deal.awaits:
        return f"The deal waits for the confirmation of {own}", f"Сделка ожидает подтверждения {own}"
    return "The deal waits for the other side's custodian", "Сделка ожидает подтверждения кастодиана другой стороны"


def deal_failed(deal_id: str, clause: str) -> tuple[str, str]:
    """Return in English and Russian that a deal will not be executed."""
    return f"Deal {deal_id} is not executed ({clause})", f"Сделка {deal_id} не исполнена ({in_russian(clause)})"


def deal_confirmed(deal_id: str) -> tuple[str, str]:
    """Return in English and Russian that a custodian has confirmed a deal."""
    return f"Deal {deal_id} is confirmed", f"Сделка {deal_id} подтверждена"


def what_trades_no_more(order: OrderState, deal_id: str) -> tuple[str, str]:
    """Return in English and Russian why a living order is lessened: something of its deal was taken back (R-167)."""
    return (
        f"What was taken back of deal {deal_id} trades no more: the order's quantity is {order.quantity}",
        f"Снятое со сделки {deal_id} количество больше не исполняется: в заявке остается {order.quantity}",
    )


def _closing(order: OrderState, decimals: int) -> tuple[str, str]:
    """Return the closing of a direct repo in words, empty of another deal."""
    direct = order.direct
    if direct is None or direct.closes is None or direct.closing_price is None:
        return "", ""
    price = format_price(direct.closing_price, decimals)
    return f", closing {direct.closes} at {price}", f", закрытие {direct.closes} по {price}"


def _party(user: str) -> str:
    return f"453=1\x01448={user}\x01447=D\x01452={CONTRA_FIRM}\x01"
