"""`kase-fix replay` and `kase-fix verify`: a journal looked at from outside, in a fresh process."""

import sys
from collections.abc import Callable
from pathlib import Path

import msgspec

from kase_fix.calendar.almaty import parse_instant, wall
from kase_fix.engine.state import State
from kase_fix.journal.replay import Difference, JournalDamaged, WrongRules, journal_path, replay
from kase_fix.messages.commands import Sequenced
from kase_fix.messages.events import Published
from kase_fix.rulebook.files import ConfigurationError
from kase_fix.values.enums import Side
from kase_fix.values.numbers import format_price


def verify(directory: Path) -> int:
    """Replay and compare with the journal's own proofs; return 0, or 1 naming the first command that differs."""
    if not _there(directory):
        return 2
    try:
        replayed = replay(directory)
    except Difference as difference:
        print(f"differs at command {difference.number}: {difference}")
        return 1
    except (JournalDamaged, WrongRules) as error:
        print(f"cannot be read: {error}")
        return 1
    witness, end = replayed.witness, replayed.end
    print(
        f"agrees: {end.number} commands, proven up to {witness.proven}, {witness.states} state hashes compared, "
        f"state {replayed.engine.hash().hex()}"
    )
    if end.torn:
        print(f"a torn group of {end.torn} bytes follows; the next start cuts it off")
    return 0


def show(directory: Path, until: str | None, symbol: str | None, events: bool) -> int:
    """Replay up to a command's number or a time, and print events, a book, or a summary. Raises ConfigurationError."""
    if not _there(directory):
        return 2
    try:
        number, after = _until(until)
        replayed = replay(directory, _print_events if events else None, after, number)
    except (Difference, JournalDamaged, WrongRules) as error:
        print(f"kase-fix: {error}", file=sys.stderr)
        return 1
    state = replayed.engine.state
    if symbol is not None:
        return _print_book(state, symbol)
    moment = wall(replayed.last_time).isoformat() if replayed.last_time else "nothing"
    print(
        f"{replayed.end.number} commands until {moment}; {len(state.orders)} living orders; "
        f"state {replayed.engine.hash().hex()}"
    )
    return 0


def _there(directory: Path) -> bool:
    if journal_path(directory).exists():
        return True
    print(f"kase-fix: --data: found {directory}, expected a directory with a journal", file=sys.stderr)
    return False


def _until(text: str | None) -> tuple[int | None, Callable[[Sequenced], bool] | None]:
    """Return the number of the last command to be replayed, or the test for the first that is not to be any more."""
    if text is None:
        return None, None
    if text.isdecimal():
        return int(text), None
    try:
        moment = parse_instant(text)
    except ValueError as error:
        raise ConfigurationError("--until", "SEQ|TIME", text, "a number or a time like 2020-05-27T11:30:00") from error
    return None, lambda sequenced: sequenced.time > moment


def _print_events(published: Published, _: bytes) -> None:
    time = wall(published.time).isoformat()
    for index, event in enumerate(published.events):
        fields = msgspec.structs.asdict(event)
        if "market" in fields:
            fields["market"] = f"{len(event.market.instruments)} instruments"  # type: ignore[union-attr]
        words = " ".join(f"{name}={value}" for name, value in fields.items())
        print(f"{published.number}-{index} {time} {type(event).__name__} {words}")


def _print_book(state: State, symbol: str) -> int:
    listing = state.listings.get(symbol)
    if listing is None:
        print(f"kase-fix: --book: found {symbol}, expected a listed instrument", file=sys.stderr)
        return 2
    decimals = listing.group.price_decimals
    for side in (Side.SELL, Side.BUY):
        levels = [level for trading in listing.boards for level in trading.book.halves[side]]
        for level in reversed(levels) if side is Side.SELL else levels:
            price = format_price(level.price, decimals)
            quantity = sum(order.leaves for order in level)
            bid, ask = (quantity, "") if side is Side.BUY else ("", quantity)
            print(f"{bid:>14} | {price:>12} | {ask:<14} {level.count} orders")
    return 0
