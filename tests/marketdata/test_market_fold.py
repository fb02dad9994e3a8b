"""The one fold over all events."""

import datetime as dt

import msgspec

from kase_fix.marketdata.auction import Outcome
from kase_fix.marketdata.market import Market
from kase_fix.messages.auction_events import AuctionDrawn, AuctionEnded, AuctionIndicated
from kase_fix.messages.configuration import Board, Clauses, Group, Instrument, MarketConfiguration, User
from kase_fix.messages.day_events import (
    ConfigurationApplied,
    DayClosed,
    DayOpened,
    InstrumentChanged,
    PhaseEntered,
    TradingSuspended,
    WindowChanged,
)
from kase_fix.messages.deal_events import Deal
from kase_fix.messages.events import Event, Published
from kase_fix.messages.order_events import OrderShown
from kase_fix.messages.order_state import OrderState
from kase_fix.values.enums import OrderKind, OrderStatus, Phase, Side, TimeInForce
from kase_fix.values.numbers import parse_price

TODAY, TOMORROW = dt.date(2020, 5, 27), dt.date(2020, 5, 28)
OPENS = dt.time(10, 30)
GROUP = Group("eur", "EUR", "fx", "NF", 1000, 2, Clauses("art. 12 p. 2", "art. 12 p. 5", "art. 12 p. 6"))
CONFIGURATION = MarketConfiguration(
    groups=(GROUP,),
    boards=(Board("EUR_TOM", "EURKZT_TOM", "continuous", OPENS, dt.time(17), "art. 12 p. 2"),),
    instruments=tuple(
        Instrument(f"EURKZT_{term}", "eur", "EUR_TOM", "EUR", "KZT", term, parse_price("450"))
        for term in ("TOD", "TOM")
    ),
    ladders=(),
    users=(User("FIRMA", "FIRMA", ("fx",), ("F_FIRMA_0000",)), User("FIRMB", "FIRMB", ("fx",), ("F_FIRMB_0000",))),
)
DAY = DayOpened(
    TODAY, {"EURKZT_TOM": TOMORROW}, {"EURKZT_TOD": "art. 11"}, {"EURKZT_TOM": parse_price("451")}, "art. 5 p. 1"
)


def order(user: str, side: Side, symbol: str = "EURKZT_TOM") -> OrderState:
    return OrderState(
        order_id=f"NF_{user}",
        user=user,
        firm=user,
        cl_ord_id="a1",
        account=f"F_{user}_0000",
        symbol=symbol,
        board="EUR_TOM",
        side=side,
        kind=OrderKind.LIMIT,
        tif=TimeInForce.DAY,
        quantity=5000,
        leaves=0,
        filled=5000,
        status=OrderStatus.FILLED,
        price=parse_price("450"),
        average=parse_price("450"),
        display=None,
        expire_date=None,
        text="",
        transact_time="",
        entered=1,
    )


def deal(price: str, quantity: int, symbol: str = "EURKZT_TOM", number: int = 1) -> Deal:
    buy, sell = order("FIRMA", Side.BUY, symbol), order("FIRMB", Side.SELL, symbol)
    return Deal(
        str(number), symbol, "EUR_TOM", parse_price(price), quantity, TOMORROW, Side.BUY, "continuous", buy, sell
    )


def folded(*events: Event) -> Market:
    market = Market()
    for number, event in enumerate((ConfigurationApplied(CONFIGURATION), DAY, *events), start=1):
        market.apply(Published(number, number * 10**9, (event,)))
    return market


def test_a_day_opens_with_its_reference_prices_and_settlement_dates():
    market = folded()
    tom, tod = market.listings["EURKZT_TOM"], market.listings["EURKZT_TOD"]
    assert (market.day, market.open, market.number, market.time) == (TODAY, True, 2, 2 * 10**9)
    assert (tom.reference, tom.last_price, tom.settlement) == (parse_price("451"), parse_price("451"), TOMORROW)
    assert (tod.reference, tod.settlement, tod.not_traded) == (parse_price("450"), None, "art. 11")


def test_phases_are_of_the_symbols_that_trade():
    market = folded(PhaseEntered("EUR_TOM", Phase.CONTINUOUS, "art. 12 p. 2", ("EURKZT_TOM",)))
    assert market.phases.of_board("EUR_TOM") is Phase.CONTINUOUS
    assert market.phase("EURKZT_TOM") is Phase.CONTINUOUS
    assert market.phase("EURKZT_TOD") is Phase.CLOSED
    assert [turn.time for turn in market.phases.turns] == [3 * 10**9]
    assert market.phases.of_board("?") is Phase.CLOSED


def test_statistics_of_the_day_are_exact():
    market = folded(deal("450.00", 1000), deal("452.50", 2000), deal("449.10", 4000), deal("450.01", 1000))
    listing = market.listings["EURKZT_TOM"]
    numbers = listing.deals.statistics
    assert (numbers.open, numbers.high, numbers.low, numbers.last) == tuple(
        parse_price(text) for text in ("450.00", "452.50", "449.10", "450.01")
    )
    assert (numbers.deals, numbers.quantity) == (4, 8000)
    assert numbers.turnover == 45000000 + 90500000 + 179640000 + 45001000
    assert numbers.average == parse_price("450.17625")
    assert listing.last_price == parse_price("450.01")
    assert listing.deals.last is not None
    assert (listing.deals.last.number, listing.deals.last.time) == (6, 6 * 10**9)


def test_a_repeated_deal_is_shown_and_no_part_of_the_days_prices():
    """R-10: it stands for one that was counted when it was done."""
    again = msgspec.structs.replace(deal("460.00", 1000, number=2), method="repeated", replaces="1")
    listing = folded(deal("450.00", 1000), again).listings["EURKZT_TOM"]
    assert [trade.method for trade in listing.deals.recent] == ["continuous", "repeated"]
    numbers = listing.deals.statistics
    assert (numbers.high, numbers.last, numbers.deals, numbers.quantity) == (
        parse_price("450"),
        parse_price("450"),
        1,
        1000,
    )
    assert listing.last_price == parse_price("450")


def test_a_direct_repo_is_no_last_deal_of_its_security():
    repo = msgspec.structs.replace(deal("500.00", 1000, number=2), method="repo_direct")
    listing = folded(deal("450.00", 1000), repo).listings["EURKZT_TOM"]
    assert (listing.last_price, len(listing.deals.recent)) == (parse_price("450"), 2)


def test_a_deal_knows_its_board():
    listing = folded_with(TWO_BOARDS, msgspec.structs.replace(deal("9", 1, "R_GS_001"), board="A")).listings["R_GS_001"]
    assert listing.deals.last is None
    assert listing.last is not None
    assert (listing.last.board, listing.last_price) == ("A", parse_price("9"))


def test_a_specialised_trading_is_its_instruments_own_turn():
    """Art. 42 p. 1: it begins and ends for one instrument; its board does not turn."""
    opened = PhaseEntered("EUR_TOM", Phase.CONTINUOUS, "art. 12 p. 2", ("EURKZT_TOM",))
    begun = PhaseEntered("EUR_TOM", Phase.SPECIALISED, "art. 42 p. 1", ("EURKZT_TOM",))
    ended = PhaseEntered("EUR_TOM", Phase.CLOSED, "art. 42 p. 1", ("EURKZT_TOM",))
    during, after = folded(opened, begun), folded(opened, begun, ended)
    assert (during.phase("EURKZT_TOM"), after.phase("EURKZT_TOM")) == (Phase.SPECIALISED, Phase.CLOSED)
    assert [market.phases.of_board("EUR_TOM") for market in (during, after)] == [Phase.CONTINUOUS, Phase.CONTINUOUS]


def test_the_next_day_starts_empty():
    market = folded(
        OrderShown("NF_1", "EURKZT_TOM", Side.BUY, parse_price("449"), 1000),
        deal("450", 1000),
        PhaseEntered("EUR_TOM", Phase.CONTINUOUS, "art. 12 p. 2", ("EURKZT_TOM",)),
        DayClosed(TODAY, "art. 5 p. 2"),
    )
    assert not market.open
    market.apply(Published(9, 9, (msgspec.structs.replace(DAY, date=TOMORROW),)))
    listing = market.listings["EURKZT_TOM"]
    assert (listing.depth.orders, listing.deals.last, market.phases.turns) == (0, None, [])
    assert (market.open, market.day) == (True, TOMORROW)
    assert listing.deals.statistics.average is None


def test_a_configuration_of_the_day_keeps_what_goes_on_being_listed():
    shown = OrderShown("NF_1", "EURKZT_TOM", Side.BUY, parse_price("449"), 1000)
    market = folded(shown, deal("450", 1000))
    tom, new = CONFIGURATION.instruments[1], Instrument("EURKZT_SPT", "eur", "EUR_TOM", "EUR", "KZT", "SPT")
    changed = msgspec.structs.replace(CONFIGURATION, instruments=(tom, new))
    market.apply(Published(9, 9, (ConfigurationApplied(changed), deal("1", 1, "EURKZT_TOD"))))
    assert list(market.listings) == ["EURKZT_TOM", "EURKZT_SPT"]
    assert market.listings["EURKZT_TOM"].depth.orders == 1
    assert market.listings["EURKZT_TOM"].deals.count == 1
    assert market.listings["EURKZT_SPT"].reference is None


OWN = Instrument("EURKZT_SPT", "eur", "EUR_TOM", "EUR", "KZT", "SPT", opens=dt.time(12), closes=dt.time(13))
TWO_BOARDS = MarketConfiguration(
    groups=(GROUP, msgspec.structs.replace(GROUP, name="repo", price_kind="yield")),
    boards=(
        *CONFIGURATION.boards,
        Board("M", "Automatic repo", "continuous", OPENS, dt.time(18), "art. 38"),
        Board("A", "Automatic repo, additional", "continuous", dt.time(17), dt.time(17, 30), "art. 38", "additional"),
    ),
    instruments=(
        *CONFIGURATION.instruments,
        OWN,
        Instrument("R_GS_001", "repo", "M", "", "KZT", "", more_boards=("A",)),
    ),
    ladders=(),
    users=CONFIGURATION.users,
)


def folded_with(configuration: MarketConfiguration, *events: Event) -> Market:
    market = Market()
    for number, event in enumerate((ConfigurationApplied(configuration), DAY, *events), start=1):
        market.apply(Published(number, number * 10**9, (event,)))
    return market


def test_each_board_has_its_book_and_its_deals():
    on_a = msgspec.structs.replace(deal("9.5", 2, "R_GS_001"), board="A")
    market = folded_with(
        TWO_BOARDS,
        OrderShown("RA_1", "R_GS_001", Side.BUY, parse_price("9"), 3, "A"),
        OrderShown("RA_2", "R_GS_001", Side.BUY, parse_price("8"), 1, "M"),
        OrderShown("RA_3", "R_GS_001", Side.SELL, parse_price("10"), 1),
        on_a,
    )
    repo = market.listings["R_GS_001"]
    assert list(repo.books) == ["M", "A"]
    assert (repo.depth.orders, repo.books["A"].depth.orders) == (2, 1)
    assert repo.deals.last is None
    assert (repo.books["A"].deals.count, repo.books["A"].deals.turnover) == (1, 0)
    assert repo.last_price == parse_price("9.5")


def test_an_instrument_with_a_window_of_its_own_does_not_turn_its_board():
    rest = PhaseEntered("EUR_TOM", Phase.CONTINUOUS, "art. 12", ("EURKZT_TOM",))
    own = PhaseEntered("EUR_TOM", Phase.CLOSED, "art. 4 p. 1", ("EURKZT_SPT",))
    phases = folded_with(TWO_BOARDS, rest, own).phases
    assert phases.of_board("EUR_TOM") is Phase.CONTINUOUS
    assert phases.of_symbol("EUR_TOM", "EURKZT_SPT") is Phase.CLOSED
    assert phases.hours("EUR_TOM", "EURKZT_SPT") == (dt.time(12), dt.time(13))
    nothing = folded_with(TWO_BOARDS, rest, msgspec.structs.replace(own, symbols=()))
    assert nothing.phases.of_board("EUR_TOM") is Phase.CONTINUOUS


def test_a_standby_is_its_instruments_own_until_the_board_closes():
    turns = [
        PhaseEntered("EUR_TOM", phase, "art. 7 p. 1-1", ("EURKZT_TOM",))
        for phase in (Phase.CONTINUOUS, Phase.STANDBY, Phase.CONTINUOUS, Phase.STANDBY)
    ]
    phases = folded(*turns).phases
    assert [turn.phase for turn in phases.turns] == [Phase.CONTINUOUS]
    assert phases.of_symbol("EUR_TOM", "EURKZT_TOM") is Phase.STANDBY
    assert phases.apply(9, PhaseEntered("EUR_TOM", Phase.CLOSED, "art. 12 p. 2", ("EURKZT_TOM",)))
    assert phases.of_board("EUR_TOM") is Phase.CLOSED


def test_another_window_holds_for_the_day():
    longer = WindowChanged("EUR_TOM", (), OPENS, dt.time(17, 30))
    market = folded_with(TWO_BOARDS, longer, WindowChanged("EUR_TOM", ("EURKZT_TOM",), dt.time(11), dt.time(12)))
    assert market.phases.hours("EUR_TOM") == (OPENS, dt.time(17, 30))
    assert market.phases.hours("EUR_TOM", "EURKZT_TOM") == (dt.time(11), dt.time(12))
    market.apply(Published(9, 9, (msgspec.structs.replace(DAY, date=TOMORROW),)))
    assert market.phases.hours("EUR_TOM") == (OPENS, dt.time(17))


def test_a_suspended_instrument_is_in_no_phase_of_its_board_until_it_is_resumed():
    phases = folded_with(TWO_BOARDS, PhaseEntered("M", Phase.CONTINUOUS, "art. 38", ("R_GS_001",))).phases
    assert phases.suspend(TradingSuspended("M", ("R_GS_001",), True))
    assert (phases.of_symbol("M", "R_GS_001"), phases.halted("M")) == (Phase.SUSPENDED, True)
    assert phases.suspend(TradingSuspended("M", ("R_GS_001",), False))
    assert phases.of_symbol("M", "R_GS_001") is Phase.CONTINUOUS
    assert not phases.suspend(TradingSuspended("EUR_TOM", ("EURKZT_TOM",), True))


def test_an_instrument_that_is_listed_during_the_day_is_there_at_once():
    new = Instrument("EURKZT_1W", "eur", "EUR_TOM", "EUR", "KZT", "SPT")
    market = folded(OrderShown("NF_1", "EURKZT_TOM", Side.BUY, parse_price("449"), 1000), InstrumentChanged(new))
    assert list(market.listings) == ["EURKZT_TOD", "EURKZT_TOM", "EURKZT_1W"]
    assert market.listings["EURKZT_TOM"].depth.orders == 1
    assert market.phases.symbols("EUR_TOM")[-1] == "EURKZT_1W"


WHERE = ("EURKZT_TOM", "EUR_TOM")
CROSSED = AuctionIndicated(*WHERE, parse_price("450"), 1000, Side.BUY, 500)
CUT_OFF = AuctionEnded(*WHERE, parse_price("451"), 2000, None, 0, "art. 7 p. 1-1")


def test_an_auction_is_indicated_until_it_ends_and_its_cut_off_stays_for_the_day():
    """R-13; the drawn end changes nothing that anyone may see."""
    market = folded(CROSSED, AuctionDrawn(*WHERE, 99))
    auction = market.listings["EURKZT_TOM"].on("EUR_TOM").auction
    assert auction.indication == Outcome(parse_price("450"), 1000, Side.BUY, 500, 3 * 10**9)
    assert auction.cut_off is None
    market.apply(Published(9, 9, (CUT_OFF,)))
    assert (auction.indication, auction.cut_off) == (None, Outcome(parse_price("451"), 2000, None, 0, 9))
    market.apply(Published(10, 10, (msgspec.structs.replace(DAY, date=TOMORROW),)))
    after = market.listings["EURKZT_TOM"].on("EUR_TOM").auction
    assert (after.indication, after.cut_off) == (None, None)


def test_without_a_cross_there_is_no_indication_and_the_former_cut_off_stays():
    """R-12."""
    nothing = AuctionIndicated(*WHERE, None, 0, None, 0)
    without = AuctionEnded(*WHERE, None, 0, None, 0, "art. 7 p. 1-1")
    auction = folded(CUT_OFF, CROSSED, nothing).listings["EURKZT_TOM"].on("EUR_TOM").auction
    assert auction.indication is None
    auction = folded(CUT_OFF, CROSSED, without).listings["EURKZT_TOM"].on("EUR_TOM").auction
    assert auction.indication is None
    assert auction.cut_off is not None
    assert auction.cut_off.price == parse_price("451")
