"""`kase-fix bench core`: commands a second through the whole engine, admission and all, beside the bare book.

The two run in turn in one process on the same seeded commands; trust the ratio, not the figures.
"""

import datetime as dt
import json
import random
import statistics
import time
from collections.abc import Callable

from kase_fix.app.settings import configuration_directory
from kase_fix.engine.engine import Engine
from kase_fix.matching.book import Book
from kase_fix.matching.continuous import Stopped, match
from kase_fix.matching.order import Order
from kase_fix.messages.commands import (
    BoardPhaseChanged,
    CancelOrder,
    Command,
    ConfigurationLoaded,
    NewOrder,
    OperationalDayOpened,
    Sequenced,
    VenueOpened,
)
from kase_fix.messages.order_events import OrderAccepted
from kase_fix.rulebook.files import load_market
from kase_fix.values.enums import OrderKind, Phase, Side

ROUNDS = 5
SYMBOL = "EURKZT_TOM"
TICK = 10**6


def bench(count: int, as_json: bool) -> int:
    """Print medians and their ratio over five rounds."""
    script = _script(count)
    figures: dict[str, list[float]] = {"book": [], "engine": []}
    for _ in range(ROUNDS):
        figures["book"].append(count / _timed(lambda: _bare_book(script)))
        engine, commands = _engine(), _commands(script)
        figures["engine"].append(count / _timed(lambda: _whole_engine(engine, commands)))  # noqa: B023 (called at once)
    medians = {name: statistics.median(values) for name, values in figures.items()}
    ratio = statistics.median(a / b for a, b in zip(figures["engine"], figures["book"], strict=True))
    if as_json:
        print(json.dumps({"commands": count, "rounds": ROUNDS, "medians": medians, "engine_to_book": ratio}))
    else:
        print(f"{count} commands, medians of {ROUNDS} rounds in turn")
        print(f"  the bare book    {medians['book']:>12,.0f} commands/s")
        print(f"  the whole engine {medians['engine']:>12,.0f} commands/s   {ratio:.2f} of the book")
    return 0


Step = tuple[str, Side, int, int]


def _script(count: int) -> list[Step]:
    """Return half limit orders near the touch, four in ten cancels, one in ten that trades."""
    chance = random.Random(20200527)
    steps: list[Step] = []
    for _ in range(count):
        side = chance.choice((Side.BUY, Side.SELL))
        draw = chance.random()
        distance = 1 + int(chance.expovariate(1 / 8))
        if draw < 0.4:
            steps.append(("cancel", side, chance.randrange(1 << 30), 0))
        else:
            away = -distance if draw < 0.9 else min(distance, 5)
            price = (45_000 + (away if side is Side.BUY else -away)) * TICK
            steps.append(("new", side, price, 1000 * chance.randint(1, 5)))
    return steps


def _commands(script: list[Step]) -> list[NewOrder | int]:
    users = ("FIRMA", "FIRMB", "00100")
    return [
        price
        if kind == "cancel"
        else NewOrder(
            users[number % 3],
            f"c{number}",
            f"F_{users[number % 3]}_0000",
            SYMBOL,
            side,
            OrderKind.LIMIT,
            quantity,
            price,
        )
        for number, (kind, side, price, quantity) in enumerate(script)
    ]


def _engine() -> Engine:
    market = load_market(configuration_directory(None))
    engine = Engine()
    date = dt.date(2020, 5, 27)
    settlement = {instrument.symbol: date for instrument in market.instruments}
    opening: list[Command] = [
        VenueOpened(1, 1),
        ConfigurationLoaded(market),
        OperationalDayOpened(date, settlement, {}),
        *(BoardPhaseChanged(board.code, Phase.CONTINUOUS, board.code, board.clause) for board in market.boards),
    ]
    for number, command in enumerate(opening, 1):
        engine.apply(Sequenced(number, number, command))
    return engine


def _whole_engine(engine: Engine, commands: list[NewOrder | int]) -> None:
    living: list[tuple[str, str]] = []
    for number, step in enumerate(commands, 100):
        command: Command
        if isinstance(step, NewOrder):
            command = step
        elif living:
            user, order_id = living.pop(step % len(living))
            command = CancelOrder(user, f"x{number}", order_id)
        else:
            continue
        for event in engine.apply(Sequenced(number, number, command)):
            if type(event) is OrderAccepted:
                living.append((event.order.user, event.order.order_id))


def _bare_book(script: list[Step]) -> None:
    book = Book(SYMBOL)
    living: list[Order] = []

    def met(_incoming: Order, _resting: Order, _quantity: int, _price: int) -> None:
        """Nobody is told."""

    for number, (kind, side, price, quantity) in enumerate(script):
        if kind == "cancel":
            if living:
                order = living.pop(price % len(living))
                if order.level is not None:
                    book.remove(order)
            continue
        command = NewOrder("U", "", f"A{number % 3}", SYMBOL, side, OrderKind.LIMIT, quantity, price)
        order = Order(str(number), command, "F", "B", number)
        if match(book, order, met) is Stopped.NO_CROSS:
            book.add(order)
        living.append(order)


def _timed(run: Callable[[], None]) -> float:
    begin = time.perf_counter()
    run()
    return time.perf_counter() - begin
