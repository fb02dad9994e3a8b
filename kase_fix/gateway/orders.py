"""The orders and deals of the operational day as reports tell them: what H, AF and AD are answered from.

A living order is kept as it stands. Of one that is over, and of a deal, it is kept which command told of it last: who
asks has it read from there. Orders of several days that live on are known on the next day too, by all their names.
"""

from array import array
from collections.abc import Iterable, Iterator, Mapping

import msgspec

from kase_fix.gateway.past import Past
from kase_fix.messages.corrections import DealBusted, DealCorrected, OrderRestated
from kase_fix.messages.day_events import DayOpened
from kase_fix.messages.deal_events import Deal, DealFailed
from kase_fix.messages.events import Event, Published
from kase_fix.messages.order_events import (
    OrderAccepted,
    OrderCancelled,
    OrderConfirmed,
    OrderExpired,
    OrderFormed,
    OrderReplaced,
    OrderTriggered,
    PreliminaryEnded,
)
from kase_fix.messages.order_state import OrderState
from kase_fix.rulebook.refusals_of_quotes import QUOTE_WITHDRAWN
from kase_fix.values.compact import Table, key_of
from kase_fix.values.enums import OrderStatus

PENDING = (OrderStatus.PENDING_COUNTERPARTY, OrderStatus.PENDING_CONFIRMATION)
ENDED = frozenset({OrderStatus.FILLED, OrderStatus.CANCELLED, OrderStatus.REJECTED, OrderStatus.EXPIRED})
TOLD = (
    OrderAccepted,
    OrderReplaced,
    OrderCancelled,
    OrderExpired,
    OrderFormed,
    OrderConfirmed,
    OrderTriggered,
    OrderRestated,
    PreliminaryEnded,
)
_TOLD = frozenset(TOLD)
GONE = 2**64 - 1
"""In place of a command: there is nothing left to tell of the order."""
_INDEX_BITS = 20
"""A deal is kept as its command's number and, in so many bits, the place of its event."""


Taken = tuple[int, int, int, DealBusted | DealCorrected]
"""Command, event and moment (ns UTC) of what became of a deal, and that event."""


class Living(msgspec.Struct, frozen=True, array_like=True):
    """A living order, or one whose deal was taken back, and which command told of it last."""

    place: int
    """Its place among the day's orders, in order of their entry."""
    number: int
    state: OrderState


class Portrait(msgspec.Struct, frozen=True, array_like=True):
    """The fold as bytes: with it a start need not read the day."""

    over: bytes
    ids: tuple[list[int], bytes]
    names: tuple[list[int], bytes]
    of_user: dict[str, bytes]
    asked: dict[str, bytes]
    deals: dict[str, bytes]
    failed: list[str]
    taken_back: list[Taken]
    living: list[Living]


class Orders:
    """A fold over the day's events: every order's latest state, under all its names."""

    def __init__(self, past: Past) -> None:
        """`past` has the events of every command that was taken in."""
        self._past = past
        self._read: Published | None = None
        """The command read last: those who ask for many orders ask for neighbours."""
        self._living: dict[str, Living] = {}
        self._begin()

    def _begin(self) -> None:
        self._living.clear()
        self._over = array("Q")
        """By place: the command that told of an order last; 0 while it lives."""
        self._ids, self._names = Table(), Table()
        """Places by OrderID, and by user and ClOrdID: a two-sided order and a quote are two orders of one name."""
        self._of_user: dict[str, array[int]] = {}
        self._asked: dict[str, array[int]] = {}
        """Orders of others that somebody was asked to answer or to confirm."""
        self._deals: dict[str, array[int]] = {}
        self.failed: set[str] = set()
        """Numbers of the day's deals that are not executed."""
        self.taken_back: dict[str, Taken] = {}
        """What became last of deals that the exchange has cancelled or corrected, by their number."""

    def apply(self, number: int, index: int, time: int, event: Event) -> None:
        """Take in event `index` of command `number` at `time` (ns UTC)."""
        if isinstance(event, Deal):
            for state in (event.buy, event.sell):
                self._stand(state, number)
            for user in dict.fromkeys((event.buy.user, event.sell.user)):
                self._deals.setdefault(user, array("Q")).append(number << _INDEX_BITS | index)
        elif isinstance(event, OrderCancelled) and event.reason == QUOTE_WITHDRAWN and not event.order.filled:
            self._forget(event.order)
        elif type(event) in _TOLD:
            self._note(event.order, number)  # type: ignore[union-attr]
        elif isinstance(event, DealFailed):
            self.failed.add(event.deal.deal_id)
        elif isinstance(event, DealBusted | DealCorrected):
            self._take_back(event, number)
            self.taken_back[event.deal.deal_id] = (number, index, time, event)
        elif isinstance(event, DayOpened):
            self._begin()
            for order in event.standing:
                self._note(order, number)
            for user, name, order_id in event.names:
                self._name(user, name, self._place(order_id))

    def named(self, user: str, firm: str, order_id: str, cl_ord_id: str) -> list[OrderState]:
        """Return an order of the user's firm by OrderID, else his own by any ClOrdID they had, first entered first.

        By OrderID also one of another that he was asked to answer or to confirm.
        """
        if order_id:
            order = self.find(user, firm, order_id)
            return [] if order is None else [order]
        found = self._states(sorted(self._names.all(key_of(user, cl_ord_id))))
        return [order for order in found if order.firm == firm]

    def find(self, user: str, firm: str, order_id: str) -> OrderState | None:
        """Return an order of the user's firm, or one that he was asked to answer or to confirm; None: unknown."""
        living = self._living.get(order_id)
        if living is not None:
            place: int | None = living.place
            order: OrderState | None = living.state
        else:
            place = self._ids.first(key_of(order_id))
            order = self._state(place) if place is not None else None
        if order is None or (order.firm != firm and place not in self._asked.get(user, ())):
            return None
        return order

    def may_see(self, user: str, firm: str, order: OrderState) -> bool:
        """Tell whether an order is of the user's firm, or he was asked to answer or to confirm it."""
        return order.firm == firm or self._ids.first(key_of(order.order_id)) in self._asked.get(user, ())

    def present(self, order: OrderState) -> OrderState:
        """Return an order as it stands now; as it is given where it is not known any more."""
        return self.find(order.user, order.firm, order.order_id) or order

    def told_last(self, order_id: str) -> int:
        """Return the number of the command that told of an order last; 0 where it is unknown."""
        living = self._living.get(order_id)
        if living is not None:
            return living.number
        place = self._ids.first(key_of(order_id))
        return self._over[place] if place is not None else 0

    def stood(self, order_id: str, number: int, before: tuple[int, int]) -> OrderState | None:
        """Return an order as command `number` told of it, looking at nothing from event `before` on."""
        published = self._past.at(number)
        events = () if published is None else published.events
        for event in reversed(events[: before[1]] if before[0] == number else events):
            for state in _states_of(event):
                if state.order_id == order_id:
                    kept = self._living.get(order_id)
                    return kept.state if kept is not None and kept.number == number != before[0] else state
        return None

    def of_user(self, user: str, symbol: str = "") -> list[OrderState]:
        """Return all orders the user entered today, first entered first; with a symbol only those in it."""
        return [state for state in self._states(self._of_user.get(user, ())) if symbol in ("", state.symbol)]

    def waiting_for(self, user: str, symbol: str = "") -> list[OrderState]:
        """Return the orders of others that wait for the user's answer or confirmation, first entered first."""
        asked = [place for place in self._asked.get(user, ()) if not self._over[place]]
        return [state for state in self._states(asked) if state.status in PENDING and symbol in ("", state.symbol)]

    def deals_of(self, user: str, symbol: str = "") -> list[tuple[int, int, int, Deal]]:
        """Return the user's deals with the command and event they came with and their time (ns UTC)."""
        found = []
        for packed in self._deals.get(user, ()):
            number, index = packed >> _INDEX_BITS, packed & ((1 << _INDEX_BITS) - 1)
            published = self._at(number)
            deal = published.events[index] if published is not None else None
            if published is not None and isinstance(deal, Deal) and symbol in ("", deal.symbol):
                taken = self.taken_back.get(deal.deal_id)
                found.append((number, index, published.time, deal if taken is None else taken[3].deal))
        return found

    def portrait(self) -> Portrait:
        """Return the fold as bytes."""
        return Portrait(
            self._over.tobytes(),
            self._ids.dump(),
            self._names.dump(),
            _as_bytes(self._of_user),
            _as_bytes(self._asked),
            _as_bytes(self._deals),
            sorted(self.failed),
            list(self.taken_back.values()),
            list(self._living.values()),
        )

    def restore(self, portrait: Portrait) -> None:
        """Go on from a portrait. Raises `ValueError` where it is none, and is then as before."""
        over, ids, names = array("Q", portrait.over), Table.load(*portrait.ids), Table.load(*portrait.names)
        of_user = {user: array("I", places) for user, places in portrait.of_user.items()}
        asked = {user: array("I", places) for user, places in portrait.asked.items()}
        deals = {user: array("Q", packed) for user, packed in portrait.deals.items()}
        self._begin()
        self._over, self._ids, self._names = over, ids, names
        self._of_user, self._asked, self._deals = of_user, asked, deals
        self.failed = set(portrait.failed)
        self.taken_back = {taken[3].deal.deal_id: taken for taken in portrait.taken_back}
        self._living.update((one.state.order_id, one) for one in portrait.living)

    def _note(self, order: OrderState, number: int) -> None:
        """Take in an order as it stands, its name and whom it waits for."""
        before = self._living.get(order.order_id)
        place = self._stand(order, number)
        if order.quote_id and before is not None:  # of its former QuoteIDs nothing is left to ask for
            self._names.discard(key_of(before.state.user, before.state.cl_ord_id), place)
        if before is None or order.quote_id or before.state.cl_ord_id != order.cl_ord_id:
            self._name(order.user, order.cl_ord_id, place)
        asked = order.direct.counterparty if order.direct is not None else order.confirmer
        if asked not in ("", order.user) and order.status in PENDING:
            places = self._asked.setdefault(asked, array("I"))
            if place not in places:
                places.append(place)

    def _name(self, user: str, cl_ord_id: str, place: int) -> None:
        key = key_of(user, cl_ord_id)
        if place not in self._names.all(key):
            self._names.add(key, place)

    def _forget(self, order: OrderState) -> None:
        """Let a quote be gone that was replaced or withdrawn with nothing dealt: a maker makes thousands a day."""
        living = self._living.pop(order.order_id, None)
        if living is not None:
            self._over[living.place] = GONE
            self._ids.discard(key_of(order.order_id), living.place)
            self._names.discard(key_of(order.user, living.state.cl_ord_id), living.place)

    def _take_back(self, event: DealBusted | DealCorrected, number: int) -> None:
        """Let both orders stand as they do now: of one that is over what it was last told of stays."""
        for order in (event.buy, event.sell):
            known = self.find(order.user, order.firm, order.order_id)
            if known is not None and not order.leaves:
                changed = {"filled": order.filled, "average": order.average, "status": order.status, "leaves": 0}
                order = msgspec.structs.replace(known, **changed)
            place = self._place(order.order_id)
            self._over[place] = 0  # no event has all of it: it is kept
            self._living[order.order_id] = Living(place, number, order)

    def _place(self, order_id: str) -> int:
        """Return the place of an order, a new one where it has none."""
        living = self._living.get(order_id)
        place = living.place if living is not None else self._ids.first(key_of(order_id))
        if place is None:
            place = len(self._over)
            self._over.append(0)
            self._ids.add(key_of(order_id), place)
        return place

    def _stand(self, order: OrderState, number: int) -> int:
        """Keep a living order, forget how one stood that is over; return its place."""
        order_id, known = order.order_id, len(self._over)
        place = self._place(order_id)
        if place == known:
            self._of_user.setdefault(order.user, array("I")).append(place)
        if order.status in ENDED:
            self._living.pop(order_id, None)
            self._over[place] = number
        else:
            self._living[order_id] = Living(place, number, order)
            self._over[place] = 0
        return place

    def _states(self, places: Iterable[int]) -> Iterator[OrderState]:
        living = {one.place: one.state for one in self._living.values()}
        for place in places:
            state = living.get(place) or self._state(place)
            if state is not None:
                yield state

    def _state(self, place: int) -> OrderState | None:
        """Return how an order ended; None where its events are not kept any more."""
        number = self._over[place]
        published = self._at(number) if number not in (0, GONE) else None
        for event in reversed(published.events) if published is not None else ():
            for state in _states_of(event):
                if self._ids.first(key_of(state.order_id)) == place:
                    return state
        return None

    def _at(self, number: int) -> Published | None:
        if self._read is None or self._read.number != number:
            self._read = self._past.at(number)
        return self._read


def _as_bytes(of_users: "Mapping[str, array[int]]") -> dict[str, bytes]:
    return {user: numbers.tobytes() for user, numbers in of_users.items()}


def _states_of(event: Event) -> tuple[OrderState, ...]:
    """Return the orders an event tells of, as they stand after it."""
    if isinstance(event, Deal):
        return event.buy, event.sell
    if type(event) in _TOLD:
        return (event.order,)  # type: ignore[union-attr]
    if isinstance(event, DealBusted | DealCorrected):
        return event.buy, event.sell
    return event.standing if isinstance(event, DayOpened) else ()
