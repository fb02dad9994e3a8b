"""Specialised trading as the public sees it: a fold over its events (art. 42 p. 1)."""

from kase_fix.messages.auction_events import SpecialisedOpened, SpecialisedResult, SpecialisedTurned
from kase_fix.messages.day_events import DayOpened
from kase_fix.messages.events import Published
from kase_fix.messages.specialised import AuctionTerms, BookOfResults, Stage


class Held:
    """One specialised trading of the day, open or over."""

    __slots__ = ("failed", "results", "stage", "terms", "time", "until")

    def __init__(self, terms: AuctionTerms, time: int) -> None:
        self.terms = terms
        self.stage: Stage | None = Stage.ANNOUNCED
        """None: it is over."""
        self.until = terms.opens
        """When the stage ends by itself, nanoseconds UTC; 0: when the initiator decides."""
        self.results: BookOfResults | None = None
        self.failed = ""
        """A code of the catalogue: why nothing was sold or bought."""
        self.time = time
        """When what is here was so last, nanoseconds UTC."""


class SpecialisedTradings:
    """The day's specialised trading, in order of opening; what goes on from earlier days is told anew each day."""

    def __init__(self) -> None:
        self.held: list[Held] = []

    def apply(self, published: Published) -> None:
        """Take in the events of one command."""
        for event in published.events:
            if type(event) is DayOpened:
                self.held = []
            elif type(event) is SpecialisedOpened:
                self.held.append(Held(event.terms, published.time))
            elif type(event) is SpecialisedTurned:
                found = self._open(event.symbol, event.board)
                found.stage, found.until, found.time = event.stage, event.until, published.time
            elif type(event) is SpecialisedResult:
                found = self._open(event.symbol, event.board)
                found.stage, found.until, found.time = None, 0, published.time
                found.results, found.failed = event.results, event.failed

    def _open(self, symbol: str, board: str) -> Held:
        return next(one for one in reversed(self.held) if (one.terms.symbol, one.terms.board) == (symbol, board))
