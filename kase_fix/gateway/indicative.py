"""Indicative quotes as they stand, and who wants to hear of them from now on: a fold over the day's events (R-164)."""

from collections.abc import Callable, Mapping

from kase_fix.gateway.dialect import indicative_text as text
from kase_fix.gateway.dialect.listing import Listed
from kase_fix.gateway.dialect.questions import IndicativeList
from kase_fix.messages.day_events import DayClosed, DayOpened
from kase_fix.messages.events import Event, Published
from kase_fix.messages.indicative import IndicativeGone, IndicativeQuote, IndicativeSet

SUBSCRIBE, UNSUBSCRIBE = 1, 2
"""SubscriptionRequestType(263)."""


class IndicativeBoard:
    """Used by the reports' thread alone."""

    def __init__(self, send: Callable[[str, str], None]) -> None:
        """`send` gives a body to a user who may be told."""
        self._send = send
        self._quotes: dict[int, IndicativeQuote] = {}
        self._readers: dict[str, str] = {}
        """By user the reference of his request."""

    def take(self, published: Published, instruments: Mapping[str, Listed]) -> None:
        """Take in a command's events, and tell those who asked for what comes."""
        for event in published.events:
            self._apply(event, instruments)

    def _apply(self, event: Event, instruments: Mapping[str, Listed]) -> None:
        if isinstance(event, IndicativeSet):
            self._quotes[event.quote.quote_id] = event.quote
            self._tell(event.quote, text.ACTIVE, instruments)
        elif isinstance(event, IndicativeGone):
            self._quotes.pop(event.quote.quote_id, None)
            self._tell(event.quote, text.WITHDRAWN, instruments)
        elif isinstance(event, DayOpened | DayClosed):
            self._quotes.clear()

    def answer(self, asked: IndicativeList, instruments: Mapping[str, Listed]) -> None:
        """Answer IQR; one that ends a subscription is not answered."""
        if asked.subscription == UNSUBSCRIBE:
            self._readers.pop(asked.user, None)
            return
        if asked.subscription == SUBSCRIBE:
            self._readers[asked.user] = asked.reference
        quotes = list(self._quotes.values())
        for start in range(0, len(quotes) or 1, text.GREATEST_LIST):
            part = [(quote, text.ACTIVE) for quote in quotes[start : start + text.GREATEST_LIST]]
            self._send(asked.user, text.quotes(asked.reference, part, instruments))

    def forget(self, user: str) -> None:
        """Forget what a user wanted in a former session."""
        self._readers.pop(user, None)

    def _tell(self, quote: IndicativeQuote, status: str, instruments: Mapping[str, Listed]) -> None:
        for user, reference in self._readers.items():
            self._send(user, text.quotes(reference, [(quote, status)], instruments))
