"""What market makers ask and are told: a fold over the day's events, and who wants to hear of it from now on."""

from collections.abc import Callable, Mapping

from kase_fix.gateway.dialect import makers_text
from kase_fix.gateway.dialect.problems import BusinessReason, business_reject
from kase_fix.gateway.dialect.questions import MakerLiabilities, MakerStatistics
from kase_fix.marketdata.makers import Makers
from kase_fix.marketdata.quoting import Quoting
from kase_fix.messages.configuration import User
from kase_fix.messages.day_events import ConfigurationApplied
from kase_fix.messages.events import Published
from kase_fix.messages.making import MakerRelieved

SUBSCRIBE, UNSUBSCRIBE = 1, 2
"""SubscriptionRequestType(263)."""


class MakersDesk:
    """Used by the reports' thread alone. Nobody hears of another member's liabilities."""

    def __init__(self, users: Mapping[str, User], send: Callable[[str, str], None], now: Callable[[], int]) -> None:
        """`send` gives a body to a user who may be told; `now` is the venue's clock."""
        self._users = users
        self._send = send
        self._now = now
        self.fold = Makers()
        """How they stand."""
        self._lists: dict[str, MakerLiabilities] = {}
        self._standings: dict[tuple[str, str], MakerStatistics] = {}
        """By user and the instrument, "" for all, so that no user can want ever more."""

    def take(self, published: Published) -> None:
        """Take in a command's events, and tell those who asked for what comes."""
        self.fold.apply(published)
        if self._lists and any(isinstance(one, ConfigurationApplied | MakerRelieved) for one in published.events):
            for asked in list(self._lists.values()):
                self._send(asked.user, self._list(asked))
        if self._standings and self.fold.changed:
            for wanted in list(self._standings.values()):
                self._tell(wanted, [one for one in self._meant(wanted) if one.liability.place in self.fold.changed])

    def answer(self, asked: MakerLiabilities | MakerStatistics) -> None:
        """Answer MR or MT; a subscription that ends is not answered."""
        if isinstance(asked, MakerLiabilities):
            if asked.subscription == UNSUBSCRIBE:
                self._lists.pop(asked.user, None)
                return
            if asked.subscription == SUBSCRIBE:
                self._lists[asked.user] = asked
            self._send(asked.user, self._list(asked))
            return
        if asked.subscription == UNSUBSCRIBE:
            self._end(asked.user, asked.reference)
            return
        meant = self._meant(asked)
        if not meant:
            self._send(asked.user, self._no_maker(asked))
            return
        if asked.subscription == SUBSCRIBE:
            self._standings[asked.user, asked.symbol or (self._symbol_at(asked.place) or "")] = asked
        self._tell(asked, meant)

    def forget(self, user: str) -> None:
        """End what a user asked for whose session has begun anew."""
        self._lists.pop(user, None)
        self._end(user)

    def _end(self, user: str, reference: str | None = None) -> None:
        """End what was asked for by a reference, or with None all of a user's."""
        for key, asked in list(self._standings.items()):
            if asked.user == user and reference in (None, asked.reference):
                del self._standings[key]

    def _list(self, asked: MakerLiabilities) -> str:
        firm = self._users[asked.user].firm
        bound = [
            (quoting.liability, 0 if group is None else group.price_decimals)
            for quoting in self.fold.of_firm(firm, self.fold.time)
            if not quoting.relieved
            for group in (self.fold.group_of(quoting.liability.symbol),)
        ]
        return makers_text.liability_list(asked.reference, firm, bound)

    def _meant(self, asked: MakerStatistics) -> list[Quoting]:
        symbol = asked.symbol or self._symbol_at(asked.place)
        quotings = self.fold.of_firm(self._users[asked.user].firm, max(self._now(), self.fold.time))
        return [one for one in quotings if symbol in (None, one.liability.symbol)]

    def _symbol_at(self, place: int) -> str | None:
        """Return the instrument at a place of the list, counted from 1; None for 0: all of them."""
        if place == 0:
            return None
        symbols = list(self.fold.instruments)
        return symbols[place - 1] if place <= len(symbols) else ""

    def _tell(self, asked: MakerStatistics, quotings: list[Quoting]) -> None:
        for quoting in quotings:
            instrument = self.fold.instruments.get(quoting.liability.symbol)
            group = self.fold.group_of(quoting.liability.symbol)
            if instrument is not None and group is not None:
                self._send(asked.user, makers_text.statistics(asked.reference, quoting, instrument, group))

    def _no_maker(self, asked: MakerStatistics) -> str:
        firm = self._users[asked.user].firm
        of = asked.symbol or (f"instrument {asked.place}" if asked.place else "anything")
        words = f"{firm} is no market maker of {of}"
        return business_reject(0, "MT", BusinessReason.UNKNOWN_SECURITY, words, asked.reference)
