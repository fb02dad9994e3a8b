"""The results of an operational day: a fold over its events that `report day` and the console's results are read from.

It needs the events from a `DayOpened` on, with the `ConfigurationApplied` that holds on that day before it.
"""

import datetime as dt
from collections.abc import Callable
from typing import Any

from kase_fix.clearing.ledger import Ledger
from kase_fix.clearing.opening import repo_of
from kase_fix.marketdata.day_lines import Auction, Line, RepoLine, RepoTerm, Sums, TakenBack
from kase_fix.marketdata.makers import Makers
from kase_fix.marketdata.repo_terms import RepoByTerm
from kase_fix.marketdata.service_hours import Availability, ServiceHours
from kase_fix.marketdata.turnover import turnover_of
from kase_fix.messages.auction_events import AuctionEnded, FixingEnded, SpecialisedResult
from kase_fix.messages.configuration import Group, Instrument, MarketConfiguration
from kase_fix.messages.corrections import DealBusted, DealCorrected
from kase_fix.messages.day_events import ConfigurationApplied, DayClosed, DayOpened, InstrumentChanged, ServiceEntered
from kase_fix.messages.deal_events import Deal, DealFailed
from kase_fix.messages.deal_terms import RepoTerms, SwapTerms
from kase_fix.messages.events import Published
from kase_fix.messages.order_state import OrderState
from kase_fix.messages.repo import OpenRepo, RepoClosed, RepoClosing, RepoProlonged, RepoTerminated
from kase_fix.values.numbers import Price

RATE_OF = "KZT_TOM"
"""Money of another currency is worth what its pair for tomorrow was last dealt at (R-103)."""


class DayResults:
    """What the day has come to."""

    def __init__(self) -> None:
        self.date: dt.date | None = None
        self.closed = False
        self.number = 0
        """The last command taken in."""
        self.time = 0
        """Its moment, nanoseconds UTC."""
        self.market: MarketConfiguration | None = None
        self.groups: dict[str, Group] = {}
        self.firms: dict[str, str] = {}
        """The member whose account it is."""
        self._listed: dict[str, int] = {}
        self._instruments: dict[str, Instrument] = {}
        self.makers = Makers()
        self._begin()

    def _begin(self) -> None:
        self.lines: dict[str, Line] = {}
        """By symbol: what had deals."""
        self.kinds: dict[tuple[str, str], Sums] = {}
        """By sector and method, those that stand for others too."""
        self.failed = 0
        self.taken_back: list[TakenBack] = []
        """What the exchange has cancelled and corrected, in order."""
        self.auctions: list[Auction] = []
        self._repo_terms = RepoByTerm()
        self.open_repos: dict[str, OpenRepo] = {}
        self.rates: dict[str, Price] = {}
        """Tenge for one unit, 10^-8, by currency."""
        self._rates_before: dict[str, Price] = {}
        """As the day began."""
        self.ledger = Ledger()
        self.services = ServiceHours()

    @property
    def repo(self) -> dict[RepoTerm, RepoLine]:
        """Return the day's repo by term."""
        return self._repo_terms.lines

    def place_of(self, symbol: str) -> int:
        """Return where in the configuration's order an instrument stands."""
        return self._listed.get(symbol, len(self._listed))

    def decimals(self, symbol: str) -> int:
        """Return how many decimals the prices of an instrument show at the least."""
        instrument = self._instruments.get(symbol)
        return self.groups[instrument.group].price_decimals if instrument is not None else 0

    def availability(self) -> list[Availability]:
        """Return the hours of each service so far; FIX-API's from the first board's start to the last one's end."""
        boards = self.market.boards if self.market is not None else ()
        if self.date is None or not boards:
            return []
        trading = min(board.opens for board in boards), max(board.closes for board in boards)
        return self.services.availability(self.date, self.time, trading)

    def apply(self, published: Published) -> None:
        """Take in all events of one command, in order."""
        self.number, self.time = published.number, published.time
        self.makers.apply(published)
        for event in published.events:
            taker = TAKERS.get(type(event))
            if taker is not None:
                taker(self, event, published.time)

    def _open(self, day: DayOpened, _: int) -> None:
        self._begin()
        self.date, self.closed = day.date, False
        self.open_repos = {repo.deal_id: repo for repo in day.repos}
        for symbol, price in day.last_deals.items():
            self._rate(symbol, price)
        self._rates_before = dict(self.rates)
        self.ledger.apply(day)

    def _close(self, _: DayClosed, __: int) -> None:
        self.closed = True

    def _configure(self, event: ConfigurationApplied, _: int) -> None:
        self.market = event.market
        # What is listed no more may have been dealt in today: it stays known.
        self.groups.update({group.name: group for group in event.market.groups})
        self._listed = {one.symbol: place for place, one in enumerate(event.market.instruments)}
        self._instruments.update({one.symbol: one for one in event.market.instruments})
        self.firms.update({account: user.firm for user in event.market.users for account in user.accounts})

    def _change(self, event: InstrumentChanged, _: int) -> None:
        self._instruments[event.instrument.symbol] = event.instrument
        self._listed.setdefault(event.instrument.symbol, len(self._listed))

    def _deal(self, deal: Deal, _: int) -> None:
        instrument = self._instruments[deal.symbol]
        group = self.groups[instrument.group]
        line = self.lines.get(deal.symbol)
        if line is None:
            line = self.lines[deal.symbol] = Line(instrument, group)
        paid = turnover_of(deal)
        line.add(deal, paid)
        self.kinds.setdefault((sector_of(deal, group), deal.method), Sums()).add(paid)
        self._rate(deal.symbol, line.last)
        self._know(deal.buy)
        self._know(deal.sell)
        self.ledger.apply(deal)
        repo = repo_of(deal)
        if repo is not None:
            self.open_repos[deal.deal_id] = repo
        self._repo_terms.put(deal)

    def _bust(self, event: DealBusted, time: int) -> None:
        deal = event.deal
        self.taken_back.append(TakenBack(time, deal, None, event.reason, event.document))
        paid = turnover_of(deal)
        line = self.lines.get(deal.symbol)
        if line is not None:
            line.bust(deal, paid)
            self.kinds[sector_of(deal, line.group), deal.method].take_back(paid)
            self._rate(deal.symbol, line.last)
        self.open_repos.pop(deal.deal_id, None)
        self._repo_terms.bust(deal)
        self.ledger.apply(event)

    def _correct(self, event: DealCorrected, time: int) -> None:
        deal, before = event.deal, event.before
        self.taken_back.append(TakenBack(time, before, deal, event.reason, event.document))
        was, now = turnover_of(before), turnover_of(deal)
        line = self.lines.get(deal.symbol)
        if line is not None:
            line.correct(before, deal, (was, now))
            kind = self.kinds[sector_of(deal, line.group), deal.method]
            kind.take_back(was)
            kind.add(now)
            self._rate(deal.symbol, line.last)
        repo = repo_of(deal)
        if repo is not None:
            self.open_repos[deal.deal_id] = repo
        self._repo_terms.correct(deal)
        self.ledger.apply(event)

    def _fail(self, event: DealFailed, _: int) -> None:
        self.failed += 1
        self.open_repos.pop(event.deal.deal_id, None)
        self.ledger.apply(event)

    def _keep_repo(self, event: RepoClosing | RepoProlonged, _: int) -> None:
        self.open_repos[event.repo.deal_id] = event.repo
        self.ledger.apply(event)

    def _end_repo(self, event: RepoClosed | RepoTerminated, _: int) -> None:
        self.open_repos.pop(event.repo.deal_id, None)
        self.ledger.apply(event)

    def _standby(self, event: AuctionEnded, time: int) -> None:
        note = "" if event.price is not None else "no cross was left"
        surplus = event.surplus_side, event.surplus
        self.auctions.append(
            Auction(time, event.symbol, event.board, "standby", event.price, event.volume, *surplus, note)
        )

    def _fixing(self, event: FixingEnded, time: int) -> None:
        note = "" if event.reason == "fixed" else event.reason
        self.auctions.append(Auction(time, event.symbol, event.board, "fixing", event.price, event.volume, note=note))

    def _specialised(self, event: SpecialisedResult, time: int) -> None:
        price, volume = event.results.cut_off, event.results.satisfied.volume
        note = event.failed.replace("_", " ")
        self.auctions.append(Auction(time, event.symbol, event.board, "specialised", price, volume, note=note))

    def _serve(self, event: ServiceEntered, time: int) -> None:
        self.services.apply(event, time)

    def _rate(self, symbol: str, price: Price | None) -> None:
        if not symbol.endswith(RATE_OF):
            return
        currency = symbol.removesuffix(RATE_OF)
        known = self._rates_before.get(currency) if price is None else price
        if known is None:
            self.rates.pop(currency, None)
        else:
            self.rates[currency] = known

    def _know(self, order: OrderState) -> None:
        self.firms.setdefault(order.account, order.firm)


def sector_of(deal: Deal, group: Group) -> str:
    """Return the part of the market a deal is of."""
    if isinstance(deal.terms, RepoTerms):
        return f"{deal.terms.kind} repo"
    if isinstance(deal.terms, SwapTerms):
        return "currency swaps"
    return {"fx": "currencies", "futures": "futures"}.get(group.market, "securities")


TAKERS: dict[type, Callable[[DayResults, Any, int], None]] = {
    ConfigurationApplied: DayResults._configure,
    InstrumentChanged: DayResults._change,
    DayOpened: DayResults._open,
    DayClosed: DayResults._close,
    Deal: DayResults._deal,
    DealFailed: DayResults._fail,
    DealBusted: DayResults._bust,
    DealCorrected: DayResults._correct,
    RepoClosing: DayResults._keep_repo,
    RepoProlonged: DayResults._keep_repo,
    RepoClosed: DayResults._end_repo,
    RepoTerminated: DayResults._end_repo,
    AuctionEnded: DayResults._standby,
    FixingEnded: DayResults._fixing,
    SpecialisedResult: DayResults._specialised,
    ServiceEntered: DayResults._serve,
}
