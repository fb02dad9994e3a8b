"""The list of instruments on request: y for x, and for x with 263=1 what changes in it during the day."""

from collections.abc import Iterable, Mapping

import msgspec

from kase_fix.gateway.acceptor import Acceptor
from kase_fix.gateway.dialect.instrument_list import security_list
from kase_fix.gateway.dialect.listing import Listed
from kase_fix.gateway.dialect.questions import SecurityList
from kase_fix.gateway.feed import Feed
from kase_fix.gateway.gate import Gate


class Instruments:
    """Who has asked for the list, and who wants to hear of changes."""

    def __init__(self, feed: Feed, acceptors: Mapping[str, Acceptor]) -> None:
        self._feed = feed
        self._acceptors = acceptors
        self._answers = 0
        self._kept: dict[tuple[str, str, str], SecurityList] = {}

    def answer(self, service: str, asked: SecurityList) -> None:
        """Send the list, or end a request for changes (263=2), which is not answered."""
        key = service, asked.user, asked.request_id
        if asked.subscription == 2:
            self._kept.pop(key, None)
            return
        if asked.subscription == 1:
            self._kept[key] = asked
        self._send(service, asked, self._feed.listed.values())

    def forget(self, service: str, user: str) -> None:
        """Tell a session that is off of no changes any more."""
        for key in [key for key in self._kept if key[:2] == (service, user)]:
            del self._kept[key]

    def changed(self, symbol: str, gates: Mapping[str, Gate]) -> None:
        """Tell of an instrument that is new or has changed."""
        listed = self._feed.listed.get(symbol)
        if listed is None:
            return
        for (service, user, _), asked in self._kept.items():
            if asked.symbol in ("", symbol) and gates[service].tells(user):
                self._send(service, msgspec.structs.replace(asked, symbol=symbol), [listed])

    def _send(self, service: str, asked: SecurityList, instruments: Iterable[Listed]) -> None:
        self._answers += 1
        market = self._feed.market
        settlement = {
            symbol: here.settlement for symbol, here in market.listings.items() if here.settlement is not None
        }
        sessions = {code: self._feed.session(code) for code in market.boards}
        acceptor = self._acceptors[service]
        response = f"L{market.number}-{self._answers}"
        for body in security_list(
            acceptor.dialect_of(asked.user),
            asked,
            response,
            instruments,
            market.phases.of_symbol,
            settlement,
            sessions,
            limits=market.limits,
            hard_limits=market.hard_limits,
        ):
            acceptor.send(asked.user, body, has_groups=True)
