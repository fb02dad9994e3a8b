"""Writes `rehearsal_day.fix`: at every edge of every board an order a second before, at, and a second after it.

The windows, articles and texts below are copied from the Regulation by hand, not read from the configuration: the
story would prove nothing otherwise. `python tests/scenarios/day/make_rehearsal_day.py` writes the file anew;
`test_rehearsal_day.py` tells when it is not what this script writes, or when a board has no edge here.
"""

import datetime as dt
from pathlib import Path
from typing import NamedTuple

STORY = Path(__file__).with_name("rehearsal_day.fix")
DATE = dt.date(2020, 5, 27)
A_SECOND = dt.timedelta(seconds=1)
FIX44, NEXT, BANK = "FIRMA", "00100", "NBRK"
CLOSED = {FIX44: "2", BANK: "2", NEXT: "19"}
"""OrdRejReason(103) of each: the session is closed."""
NAMES_NOBODY = {FIX44: "99", NEXT: "25"}
"""OrdRejReason(103): no counterparty where one is needed."""
NOT_ENABLED = {FIX44: "11", NEXT: "27"}
"""OrdRejReason(103): the method or the kind of order is not enabled."""


class Traded(NamedTuple):
    """What is ordered: symbol, quantity, price."""

    symbol: str
    quantity: int
    price: str


class Window(NamedTuple):
    """A board's day. `orders` of it are sent by FIX44, those up to `by_next` by NEXT too."""

    board: str
    opens: str
    closes: str
    clause: str
    orders: tuple[Traded, ...]
    by_next: int = 1
    preliminary: str = ""
    name_board: bool = False
    """TradingSessionID(336) is needed: it is not the board an order means that names none."""
    firm_quotes: bool = False
    """Only the National Bank rests orders, others hit them."""
    account: str = "S"


WINDOWS = (
    Window("FUT", "10:00", "15:30", "art. 36", (Traded("FUSD_0620", 1, "414.00"), Traded("FUSD_0920", 5, "416.50")), 0),
    Window(
        "FX_TOD",
        "10:15",
        "15:30",
        "art. 10 p. 1 sp. 1",
        (
            Traded("USDKZT_TOD", 1000, "410.00"),
            Traded("EURKZT_TOD", 1000, "450.00"),
            Traded("EURUSD_TOD", 1000, "1.1000"),
            Traded("RUBKZT_TOD", 50000, "5.7500"),
        ),
        2,
        account="F",
    ),
    Window("CNY_TOD", "10:15", "11:00", "art. 10 p. 1 sp. 2", (Traded("CNYKZT_TOD", 5000, "57.4000"),), account="F"),
    Window(
        "FX_TOM",
        "10:15",
        "17:00",
        "art. 10 p. 1 sp. 3",
        (
            Traded("USDKZT_TOM", 1000, "410.00"),
            Traded("EURUSD_SPT", 1000, "1.1000"),
            Traded("USDKZT_SPT", 1000, "410.00"),
            Traded("EURKZT_TOM", 1000, "450.00"),
            Traded("RUBKZT_TOM", 50000, "5.7500"),
            Traded("CNYKZT_SPT", 5000, "57.4000"),
        ),
        2,
        account="F",
    ),
    Window(
        "SWAP_CNY",
        "10:15",
        "11:00",
        "art. 10 p. 1 sp. 2",
        (Traded("CNYKZT_0_001", 10000, "3.1000"), Traded("CNYKZT_1_002", 10000, "3.2000")),
        2,
        account="F",
    ),
    Window(
        "SWAP_EUR_RUB",
        "11:30",
        "15:30",
        "art. 10 p. 1 sp. 4",
        (Traded("EURKZT_0_001", 10000, "2.0000"), Traded("RUBKZT_0_002", 10000, "-0.5000")),
        2,
        account="F",
    ),
    Window(
        "SWAP_USD",
        "11:30",
        "15:30",
        "art. 10 p. 2 sp. 1",
        (
            Traded("USDKZT_0_001", 10000, "7.5000"),
            Traded("USDKZT_0_002", 10000, "7.5000"),
            Traded("USDKZT_0_01W", 10000, "7.6000"),
            Traded("USDKZT_0_01Y", 10000, "8.0000"),
        ),
        account="F",
    ),
    Window(
        "SWAP_USD_ADD",
        "17:00",
        "17:30",
        "art. 10 p. 2 sp. 2",
        (Traded("USDKZT_0_001", 10000, "7.5000"),),
        name_board=True,
        firm_quotes=True,
        account="F",
    ),
    Window(
        "GOV",
        "11:30",
        "17:00",
        "art. 16",
        (
            Traded("MUM180_0014", 10, "100.0000"),
            Traded("KZ_24_2410", 10, "104.2500"),
            Traded("MKM012_0150", 10, "92.5000"),
            Traded("NTK028_2545", 10, "99.2800"),
            Traded("ALM036_0001", 10, "100.0000"),
        ),
        2,
        "11:05",
    ),
    Window(
        "CORP",
        "11:30",
        "17:00",
        "art. 21",
        (
            Traded("BRKLb1", 10, "98.7500"),
            Traded("KZIKb26", 10, "1340.2500"),
            Traded("BRKLe1", 10, "102.5000"),
            Traded("UNLSb1", 10, "97.0000"),
        ),
        2,
        "11:05",
    ),
    Window(
        "INTL",
        "11:30",
        "17:00",
        "art. 30",
        (Traded("EABRb15", 10, "99.9500"), Traded("US_T_3011", 10, "101.1250")),
        2,
        "11:05",
    ),
    Window("PACKAGES", "10:30", "11:30", "art. 21", (Traded("DOMB_GP1", 1000, "500.00"),)),
    Window("PACKAGES", "12:00", "14:00", "art. 21", (Traded("KZTO_GP1", 10, "980.00"),)),
    Window(
        "M",
        "11:30",
        "18:00",
        "art. 38 p. 1 sp. 1",
        (Traded("R_GS_001", 1, "9.0100"), Traded("R_GS_007", 2, "9.0700"), Traded("R_BRKLb1_007", 1, "9.5000")),
    ),
    Window(
        "A",
        "17:00",
        "17:30",
        "art. 38 p. 1 sp. 2",
        (Traded("R_GS_001", 1, "9.0100"), Traded("R_GS_007", 2, "9.0700")),
        name_board=True,
        firm_quotes=True,
    ),
    Window(
        "RN",
        "11:30",
        "17:15",
        "art. 38 p. 2",
        (Traded("RN_MUM180_0014_001", 100, "9.2000"), Traded("RN_BRKLe1_001", 100, "2.0000")),
    ),
)


class Other(NamedTuple):
    """A board whose method takes no such orders: closed to them all day."""

    board: str
    method: str
    symbol: str
    quantity: int
    price: str
    clause: str


OTHERS = (
    Other("GOV_DIRECT", "direct", "KZ_24_2410", 10, "104.2500", "art. 16"),
    Other("CORP_DIRECT", "direct", "BRKLb1", 10, "98.7500", "art. 21"),
    Other("INTL_DIRECT", "direct", "EABRb15", 10, "99.9500", "art. 30"),
    Other("REPO_DIRECT", "repo_direct", "MUM180_0014", 10, "100.0000", "art. 38 p. 1"),
    Other("PACKAGES_DIRECT", "direct", "BESK_GP1", 500, "900.00", "art. 21"),
    Other("GOV_SPEC", "specialised", "MUM180_0014", 10, "100.0000", "art. 4 p. 1"),
    Other("CORP_SPEC", "specialised", "BRKLb1", 10, "98.7500", "art. 4 p. 1"),
    Other("INTL_SPEC", "specialised", "EABRb15", 10, "99.9500", "art. 4 p. 1"),
    Other("PACKAGES_SPEC", "specialised", "KEGN_GP1", 100, "1500.00", "art. 4 p. 1"),
)
OTHERS_OPEN, OTHERS_CLOSE = "11:30", "17:00"

HEADING = """\
# A whole rehearsal day: every board a second before each edge, at it, a second after    art. 4 p. 1
#
# Written by make_rehearsal_day.py beside it: change its tables, not this file.
"""


class Writer:
    """Writes the story line by line; every order has a name of its own."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.count = 0

    def say(self, line: str = "") -> None:
        """Add a line."""
        self.lines.append(line)

    def order(self, user: str, window: Window, traded: Traded, rest: str = "", side: str = "Buy") -> str:
        """Send a limit order and return its ClOrdID. `rest`: more fields."""
        self.count += 1
        name = f"{'n' if user == NEXT else 'b' if user == BANK else 'a'}{self.count}"
        board = f" NoTradingSessions=[{{TradingSessionID={window.board}}}]" if window.name_board else ""
        self.say(
            f"{user} > NewOrderSingle ClOrdID={name} Account={window.account}_{user}_0000 Symbol={traded.symbol}"
            f" Side={side} OrderQty={traded.quantity} OrdType=Limit Price={traded.price}{board}{rest}"
        )
        return name

    def taken(self, user: str, name: str, board: str) -> None:
        """Expect an order to rest."""
        kind = "OrdStatus=New" if user == NEXT else "ExecType=New"
        self.say(f"{user} < ExecutionReport ClOrdID={name} {kind} TradingSessionID={board}")

    def refused(self, user: str, name: str, reason: str, text: str) -> None:
        """Expect an order to be refused."""
        self.say(
            f"{user} < ExecutionReport ClOrdID={name} ExecType=Rejected OrdStatus=Rejected OrdRejReason={reason}"
            f' Text="{text}"'
        )


def story() -> str:
    """Return the whole file."""
    writer = Writer()
    moments = sorted({moment for edge in edges() for moment in (edge - A_SECOND, edge, edge + A_SECOND)})
    writer.say(HEADING.rstrip("\n"))
    writer.say(f"venue  {DATE} {moments[0]:%H:%M:%S}")
    for user in (FIX44, NEXT, BANK):
        writer.say(f"{user}  logon")
    for moment in moments:
        writer.say()
        writer.say(f"# {headline(moment)}")
        if moment != moments[0]:
            writer.say(f"at {moment:%H:%M:%S}")
        at_moment(writer, moment)
    return "\n".join(writer.lines) + "\n"


def at(text: str) -> dt.datetime:
    """Return a moment of the day."""
    return dt.datetime.combine(DATE, dt.time.fromisoformat(text))


def edges_of(window: Window) -> list[dt.datetime]:
    """Return when something changes on a board."""
    return [at(text) for text in (window.preliminary, window.opens, window.closes) if text]


def edges() -> list[dt.datetime]:
    """Return all edges of the day."""
    found = {edge for window in WINDOWS for edge in edges_of(window)} | {at(OTHERS_OPEN), at(OTHERS_CLOSE)}
    return sorted(found)


def near(moment: dt.datetime, edge: dt.datetime) -> bool:
    """Tell whether a moment is the edge's own, or a second from it."""
    return abs(moment - edge) <= A_SECOND


def headline(moment: dt.datetime) -> str:
    """Say what the moment is about."""
    edge = min(edges(), key=lambda one: abs(one - moment))
    words = []
    for what, chosen in (
        ("preliminary orders of", lambda window: window.preliminary),
        ("opening of", lambda window: window.opens),
        ("end of", lambda window: window.closes),
    ):
        boards = [window.board for window in WINDOWS if chosen(window) and at(chosen(window)) == edge]
        if boards:
            words.append(f"{what} {', '.join(dict.fromkeys(boards))}")
    place = {-1: "a second before", 0: "at", 1: "a second after"}[int((moment - edge).total_seconds())]
    return f"{moment:%H:%M:%S}, {place} the {'; the '.join(words)}"


def at_moment(writer: Writer, moment: dt.datetime) -> None:
    """Order on every board whose edge is near."""
    for window in WINDOWS:
        if not any(near(moment, edge) for edge in edges_of(window)):
            continue
        writer.say(f"# {window.board:<83}{window.clause}")
        if window.firm_quotes and at(window.opens) <= moment < at(window.closes):
            quote_and_hit(writer, window)
        else:
            on_board(writer, window, moment)
    if near(moment, at(OTHERS_OPEN)) or near(moment, at(OTHERS_CLOSE)):
        for other in OTHERS:
            on_other(writer, other)


def on_board(writer: Writer, window: Window, moment: dt.datetime) -> None:
    """Send the board's orders: taken inside its window, refused outside."""
    begins = at(window.preliminary or window.opens)
    for place, traded in enumerate(window.orders):
        users = [FIX44, NEXT] if place < window.by_next else [FIX44]
        for user in [BANK, *users] if window.firm_quotes else users:
            name = writer.order(user, window, traded)
            if begins <= moment < at(window.closes):
                writer.taken(user, name, window.board)
            else:
                text = f"Trading in {traded.symbol} is closed; its session is {window.opens}-{window.closes}"
                writer.refused(user, name, CLOSED[user], f"{text} ({window.clause})")
    if window.preliminary and near(moment, at(window.preliminary)) and moment >= at(window.preliminary):
        only_limit_orders(writer, window)


def only_limit_orders(writer: Writer, window: Window) -> None:
    """Send market orders before the session: bonds take none at any time."""
    symbol, quantity, _ = window.orders[0]
    for user in (FIX44, NEXT):
        writer.count += 1
        name = f"m{writer.count}"
        writer.say(
            f"{user} > NewOrderSingle ClOrdID={name} Account=S_{user}_0000 Symbol={symbol} Side=Sell"
            f" OrderQty={quantity} OrdType=Market"
        )
        text = f"Orders of the kind market are not accepted in {symbol} (art. 7 p. 3)"
        writer.refused(user, name, NOT_ENABLED[user], text)


def quote_and_hit(writer: Writer, window: Window) -> None:
    """Let the National Bank rest firm quotes and others take them."""
    for place, traded in enumerate(window.orders):
        user = (FIX44, NEXT)[place % 2]
        quote = writer.order(BANK, window, traded, side="Sell")
        writer.taken(BANK, quote, window.board)
        hit = writer.order(user, window, traded)
        writer.say(
            f"{user} < ExecutionReport ClOrdID={hit} ExecType=Trade OrdStatus=Filled LastPx={traded.price}"
            f" LastQty={traded.quantity}"
        )
        writer.say(f"{BANK} < ExecutionReport ClOrdID={quote} ExecType=Trade OrdStatus=Filled TrdMatchID=*")


def on_other(writer: Writer, other: Other) -> None:
    """Send ordinary orders where deals are done in another way."""
    window = Window(other.board, OTHERS_OPEN, OTHERS_CLOSE, other.clause, (), name_board=True)
    for user in (FIX44, NEXT):
        name = writer.order(user, window, Traded(other.symbol, other.quantity, other.price))
        if other.method == "specialised":
            text = f"No specialised trading in {other.symbol} is open on the board {other.board} ({other.clause})"
            writer.refused(user, name, CLOSED[user], text)
        else:
            text = f"An order on the board {other.board} names its counterparty (art. 2 p. 5)"
            writer.refused(user, name, NAMES_NOBODY[user], text)


if __name__ == "__main__":
    STORY.write_text(story(), encoding="utf-8")
