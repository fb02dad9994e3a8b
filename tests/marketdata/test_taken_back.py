"""Deals that the exchange has taken back, as the day's report and the public's last deals show them (R-165, R-169)."""

from kase_fix.app.report.text import plain_text, summary
from kase_fix.marketdata.day_results import DayResults
from kase_fix.marketdata.market import Market
from kase_fix.marketdata.result_tables import tables, total
from kase_fix.messages.corrections import BustDeal, CorrectDeal
from kase_fix.messages.events import Published
from kase_fix.values.numbers import parse_price
from tests.engine.products import desk, trade

EUR, BY = "EURKZT_TOM", {"actor": "administrator", "document": "31"}


def a_day():
    """One deal stands, one is cancelled, one is corrected."""
    here = desk()
    deals = [trade(here, EUR, price, 1000) for price in ("450.10", "455.00", "451.00")]
    here.decide(BustDeal, deals[1].deal_id, reason="a slip", **BY)
    here.decide(CorrectDeal, deals[2].deal_id, parse_price("450.50"), None, reason="wrong price", **BY)
    told = zip(here.commands, here.told, strict=True)
    return deals, [Published(command.number, command.time, tuple(events)) for command, events in told]


def test_the_report_names_them_and_counts_what_stands():
    deals, day = a_day()
    results = DayResults()
    for published in day:
        results.apply(published)
    assert total(results)[0] == 2
    assert "2 deals; 1 cancelled; 1 corrected; 900 600.00 KZT" in summary(results)
    found = {table.name: table.rows for table in tables(results)}
    assert [row[1:] for row in found["taken_back"]] == [
        (deals[1].deal_id, EUR, "455.00", "1000", "cancelled", "31", "a slip"),
        (deals[2].deal_id, EUR, "451.00", "1000", "1000 x 450.50", "31", "wrong price"),
    ]
    (line,) = found["instruments"]
    assert line[2:7] == ("450.10", "450.50", "450.10", "450.50", "450.30")
    assert "Cancelled and corrected deals" in plain_text(results)


def test_the_last_deals_show_what_was_cancelled_and_the_numbers_do_not_count_it():
    deals, day = a_day()
    market = Market()
    for published in day:
        market.apply(published)
    book = market.listings[EUR].deals
    shown = [(trade.deal_id, trade.price, trade.cancelled) for trade in book.recent]
    assert shown == [
        (deals[0].deal_id, parse_price("450.10"), False),
        (deals[1].deal_id, parse_price("455"), True),
        (deals[2].deal_id, parse_price("450.50"), False),
    ]
    numbers = book.statistics
    assert (numbers.high, numbers.last, numbers.deals, numbers.quantity) == (
        parse_price("450.50"),
        parse_price("450.50"),
        2,
        2000,
    )
    assert book.last == book.recent[-1]
    assert book.last.time == next(published.time for published in day if deals[2] in published.events)
