"""The day's results as tables of text: what the report, the page and the console show alike.

Numbers are plain decimals, money with two of them; an empty cell has nothing to tell.
"""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from kase_fix.calendar.almaty import wall
from kase_fix.clearing.legs import on_grid
from kase_fix.marketdata.day_lines import NO_VOLUME, Line, Sums
from kase_fix.marketdata.day_results import DayResults
from kase_fix.marketdata.maker_tables import maker_breaches, makers_table
from kase_fix.marketdata.service_hours import NAMES
from kase_fix.marketdata.table import Column, Table
from kase_fix.marketdata.turnover import Paid, in_tenge
from kase_fix.messages.deal_events import Deal
from kase_fix.rulebook.sections import CURRENCIES
from kase_fix.values.numbers import Money, Price, format_decimal, format_price

RATE_DECIMALS = 4
"""Of rates in % p.a. (art. 40 p. 2)."""


class Total(NamedTuple):
    """The day in a line."""

    deals: int
    tenge: Money
    """Turnover of all that has a rate to tenge."""
    failed: int
    cancelled: int
    corrected: int


def tables(results: DayResults) -> tuple[Table, ...]:
    """Return all tables, those without a row too."""
    makes: tuple[Callable[[DayResults], Table], ...] = (
        instruments,
        kinds,
        auctions,
        repo,
        open_repo,
        obligations,
        taken_back,
        availability,
    )
    of_makers = makers_table(results.makers, results.time), maker_breaches(results.makers, results.time)
    return (*(make(results) for make in makes), *of_makers)


def total(results: DayResults) -> Total:
    """Return the day's deals and turnover; deals that stand for others are not counted again (R-101)."""
    counted = [sums for (_, method), sums in results.kinds.items() if method not in NO_VOLUME]
    tenge = sum(_tenge(results, {one: amount}) or 0 for sums in counted for one, amount in sums.money.items())
    cancelled = sum(1 for one in results.taken_back if one.now is None)
    deals = sum(sums.deals for sums in counted)
    return Total(deals, tenge, results.failed, cancelled, len(results.taken_back) - cancelled)


def instruments(results: DayResults) -> Table:
    """Prices, quantities and turnover by instrument, in the order they are listed in."""
    columns = (
        Column("symbol", "Instrument"),
        Column("currency", "In"),
        *(Column(name, name.capitalize(), True) for name in ("first", "high", "low", "last")),
        Column("average", "Weighted", True),
        Column("quantity", "Quantity", True),
        Column("turnover", "Turnover", True),
        Column("tenge", "Turnover, KZT", True),
        Column("deals", "Deals", True),
    )
    dealt = (line for line in results.lines.values() if line.sums.deals or line.last is not None)
    lines = sorted(dealt, key=lambda line: results.place_of(line.instrument.symbol))
    rows = tuple(row for line in lines for row in _instrument(results, line))
    note = "A swap counts by its first leg, a repo by its opening deal, a bond with the interest accrued."
    return Table("instruments", "Instruments", columns, rows, note)


def _instrument(results: DayResults, line: Line) -> Iterable[tuple[str, ...]]:
    """One row, and where its deals were settled in several currencies one more for each."""
    money = line.sums.money or {"": 0}
    for place, (currency, amount) in enumerate(sorted(money.items())):
        decimals = line.group.price_decimals
        average = None if line.average is None else on_grid(line.average, decimals)
        own = [_price(price, decimals) for price in (line.first, line.high, line.low, line.last, average)]
        paid = (_money(amount), _optional(_tenge(results, {currency: amount}))) if currency else ("", "")
        if place:
            yield (line.instrument.symbol, currency, *[""] * 5, "", *paid, "")
        else:
            yield (line.instrument.symbol, currency, *own, str(line.quantity), *paid, str(line.sums.deals))


def kinds(results: DayResults) -> Table:
    """Deals by sector and method."""
    columns = (
        Column("sector", "Sector"),
        Column("method", "Method"),
        Column("deals", "Deals", True),
        Column("tenge", "Turnover, KZT", True),
    )
    rows = tuple(
        (sector, method.replace("_", " "), str(sums.deals), _sum(results, sums))
        for (sector, method), sums in sorted(results.kinds.items())
        if sums.deals
    )
    note = "Repeated deals stand for failed ones, prolonged repo for the one prolonged: no total counts them."
    return Table("kinds", "Kinds of deals", columns, rows, note)


def auctions(results: DayResults) -> Table:
    """Cut-off prices of standbys, fixings and specialised trading, as they ended."""
    columns = (
        Column("time", "Ended"),
        Column("symbol", "Instrument"),
        Column("kind", "Auction"),
        Column("price", "Price", True),
        Column("volume", "Volume", True),
        Column("surplus", "Surplus", True),
        Column("side", "Of"),
        Column("note", "Note"),
    )
    rows = tuple(
        (
            _time(one.time),
            one.symbol,
            one.kind,
            _price(one.price, results.decimals(one.symbol)),
            str(one.volume),
            str(one.surplus) if one.surplus else "",
            one.surplus_side.name.lower() if one.surplus_side and one.surplus else "",
            one.note,
        )
        for one in results.auctions
    )
    return Table("auctions", "Auctions and cut-off prices", columns, rows)


def repo(results: DayResults) -> Table:
    """Repo by kind and term; rates in % p.a. weighted by money."""
    columns = (
        Column("kind", "Repo"),
        Column("days", "Days", True),
        Column("currency", "In"),
        Column("deals", "Deals", True),
        Column("money", "Opening money", True),
        Column("lowest", "Lowest rate", True),
        Column("highest", "Highest rate", True),
        Column("average", "Weighted rate", True),
    )
    rows = tuple(
        (
            term.kind,
            str(term.days),
            term.currency,
            str(line.deals),
            _money(line.money),
            *(_price(rate, RATE_DECIMALS) for rate in (line.lowest, line.highest, line.average)),
        )
        for term, line in sorted(results.repo.items())
        if line.deals
    )
    return Table("repo", "Repo by term", columns, rows, "Repo whose closing price was agreed on has no rate.")


def open_repo(results: DayResults) -> Table:
    """Repo that is open now, of whatever day, by instrument."""
    columns = (
        Column("symbol", "Instrument"),
        Column("currency", "In"),
        Column("repo", "Open", True),
        Column("money", "Opening money", True),
        Column("next", "Next closing"),
    )
    sums: dict[tuple[str, str], tuple[int, Money, str]] = {}
    for one in results.open_repos.values():
        opening, closes = one.terms.opening, one.terms.closing.settlement.isoformat()
        count, money, first = sums.get((one.symbol, opening.currency), (0, 0, closes))
        sums[one.symbol, opening.currency] = count + 1, money + opening.amount, min(first, closes)
    rows = tuple(
        (symbol, currency, str(count), _money(money), first)
        for (symbol, currency), (count, money, first) in sorted(sums.items())
    )
    return Table("open_repo", "Open interest of repo", columns, rows)


def obligations(results: DayResults) -> Table:
    """What each member is to get and to deliver, by account, date and asset."""
    columns = (
        Column("member", "Member"),
        Column("account", "Account"),
        Column("date", "Settlement"),
        Column("asset", "Asset"),
        Column("gets", "Gets", True),
        Column("owes", "Owes", True),
    )
    rows = []
    for key, amount in results.ledger.open():
        text = _money(abs(amount)) if key.asset in CURRENCIES else str(abs(amount))
        sides = (text, "") if amount > 0 else ("", text)
        rows.append((results.firms.get(key.account, ""), key.account, key.settlement.isoformat(), key.asset, *sides))
    note = "Net, of the deals of all days that are not settled before this one; money in units, securities in pieces."
    return Table("obligations", "Obligations of members", columns, tuple(sorted(rows)), note)


def taken_back(results: DayResults) -> Table:
    """Deals that the exchange has cancelled or corrected, in the order of the decisions."""
    columns = (
        Column("time", "Decided"),
        Column("deal", "Deal"),
        Column("symbol", "Instrument"),
        Column("price", "Price", True),
        Column("quantity", "Quantity", True),
        Column("became", "Became"),
        Column("document", "Document"),
        Column("reason", "Reason"),
    )

    def became(now: Deal | None) -> str:
        if now is None:
            return "cancelled"
        return f"{now.quantity} x {_price(now.price, results.decimals(now.symbol))}"

    rows = tuple(
        (
            _time(one.time),
            one.deal.deal_id,
            one.deal.symbol,
            _price(one.deal.price, results.decimals(one.deal.symbol)),
            str(one.deal.quantity),
            became(one.now),
            one.document,
            one.reason,
        )
        for one in results.taken_back
    )
    note = "Cancelled deals count in no other table, corrected ones as they stand."
    return Table("taken_back", "Cancelled and corrected deals", columns, rows, note)


def availability(results: DayResults) -> Table:
    """Planned and actual hours of the services."""
    columns = (
        Column("service", "Service"),
        Column("planned", "Planned"),
        Column("actual", "Open"),
        Column("minutes", "Minutes planned", True),
        Column("open", "Minutes open", True),
        Column("percent", "%", True),
    )
    rows = tuple(
        (
            NAMES[one.service],
            f"{_time(one.opens)}-{_time(one.closes)}",
            f"{_time(one.opened)}-{_time(one.until)}" if one.opened is not None else "",
            str(one.planned),
            str(one.actual),
            format_decimal(one.hundredths, 2, 2),
        )
        for one in results.availability()
    )
    note = "By the journal's openings and closings; FIX-API on the trading day. Hours beyond the plan are not counted."
    return Table("availability", "Availability", columns, rows, note)


def _sum(results: DayResults, sums: Sums) -> str:
    return _optional(_tenge(results, sums.money) if sums.money else None)


def _tenge(results: DayResults, money: dict[str, Money]) -> Money | None:
    """Return a turnover in tiyn; None where some of it has no rate (R-103)."""
    parts = [in_tenge(Paid(amount, currency), results.rates) for currency, amount in money.items()]
    return None if None in parts else sum(part for part in parts if part is not None)


def _optional(amount: Money | None) -> str:
    return "" if amount is None else _money(amount)


def _money(amount: Money) -> str:
    return format_decimal(amount, 2, 2)


def _price(price: Price | None, decimals: int) -> str:
    return "" if price is None else format_price(price, decimals)


def _time(moment: int) -> str:
    return wall(moment).strftime("%H:%M:%S")
