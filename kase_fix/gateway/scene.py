"""What a report's words depend on beside its event: what is listed, and in which phase: a fold over the events."""

from collections.abc import Mapping

from kase_fix.gateway.dialect.listing import Listed, listing
from kase_fix.marketdata.market import with_instrument
from kase_fix.marketdata.phases import Phases
from kase_fix.messages.configuration import MarketConfiguration
from kase_fix.messages.day_events import (
    ConfigurationApplied,
    DayOpened,
    InstrumentChanged,
    PhaseEntered,
    TradingSuspended,
    WindowChanged,
)
from kase_fix.messages.events import Event
from kase_fix.values.enums import Phase


class Scene:
    """The market as of one event. What concerns single orders changes nothing here and need not be applied."""

    def __init__(self) -> None:
        self.listing: Mapping[str, Listed] = {}
        self.phases = Phases()
        self._configuration: MarketConfiguration | None = None

    def apply(self, event: Event, at: int) -> bool:
        """Take in an event of the moment `at` (ns UTC); tell whether a whole board turned."""
        if isinstance(event, PhaseEntered):
            return self.phases.apply(at, event)
        if isinstance(event, TradingSuspended):
            return self.phases.suspend(event)
        if isinstance(event, WindowChanged):
            self.phases.change_window(event)
        elif isinstance(event, ConfigurationApplied):
            self._list(event.market)
        elif isinstance(event, InstrumentChanged) and self._configuration is not None:
            self._list(with_instrument(self._configuration, event.instrument))
        elif isinstance(event, DayOpened):
            self.phases.begin(event.not_traded)
        return False

    def boards(self) -> list[str]:
        """Return the boards in the order of the configuration."""
        return [board.code for board in self._configuration.boards] if self._configuration is not None else []

    def phase(self, board: str, symbol: str) -> Phase | None:
        """Return the phase of an order's instrument; None for one that names no board."""
        return self.phases.of_symbol(board, symbol) if board else None

    def _list(self, market: MarketConfiguration) -> None:
        self._configuration = market
        self.listing = listing(market)
        self.phases.take_listing(market)
