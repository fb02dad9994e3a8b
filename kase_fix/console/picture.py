"""What the console knows: the market, the day's events and what went wrong, folded from the venue's batches."""

from collections import deque
from typing import NamedTuple

from kase_fix.console.day_log import DayLog
from kase_fix.console.decided import Decided
from kase_fix.console.letters import Letters
from kase_fix.marketdata.day_results import DayResults
from kase_fix.marketdata.market import Market
from kase_fix.marketdata.specialised import SpecialisedTradings
from kase_fix.messages.configuration import Instrument
from kase_fix.messages.day_events import InstrumentChanged
from kase_fix.messages.events import CommandFailed, Published

INCIDENTS_KEPT = 1000


class Incident(NamedTuple):
    """A command that ended in a defect (architecture, law 4)."""

    number: int
    time: int
    """Nanoseconds UTC."""
    defect: str
    user: str
    cl_ord_id: str


class Picture:
    """The console's folds, all at the same command."""

    def __init__(self) -> None:
        self.market = Market()
        self.log = DayLog()
        self.decided = Decided()
        self.results = DayResults()
        self.specialised = SpecialisedTradings()
        self.letters = Letters()
        self._changed: dict[str, Instrument] = {}
        self.incidents: deque[Incident] = deque(maxlen=INCIDENTS_KEPT)
        """The last ones of whatever day, oldest first."""
        self.failures = 0
        """Commands that failed since this process started."""
        self.folded = 0
        """Events taken in since this process started."""
        self.seq = 0
        """Number of the last command known to be taken in, also where it had no events."""

    def apply(self, published: Published) -> None:
        """Take in the events of one command."""
        self.seq = published.number
        self.market.apply(published)
        if not published.events:
            return
        self.folded += len(published.events)
        self.log.record(published)
        self.decided.apply(published)
        self.results.apply(published)
        self.specialised.apply(published)
        self.letters.apply(published)
        for event in published.events:
            if type(event) is InstrumentChanged:
                self._changed[event.instrument.symbol] = event.instrument
            elif type(event) is CommandFailed:
                self.failures += 1
                incident = Incident(published.number, published.time, event.defect, event.user, event.cl_ord_id)
                self.incidents.append(incident)

    def reached(self, number: int) -> None:
        """Note that all events up to this command were taken in: the venue says so, after having sent them."""
        self.seq = max(self.seq, number)

    def instrument(self, symbol: str) -> Instrument | None:
        """Return a listed instrument as decisions have made it; None for an unknown one."""
        listing = self.market.listings.get(symbol)
        return self._changed.get(symbol) or (listing.instrument if listing else None)

    def decimals(self, symbol: str) -> int:
        """Return how many decimals the prices of a symbol show at the least; 0 for an unknown one."""
        listing = self.market.listings.get(symbol)
        return listing.group.price_decimals if listing else 0
