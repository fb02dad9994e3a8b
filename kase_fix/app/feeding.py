"""Events to a child process: the day so far, then what comes, in batches as large as the child is behind."""

from itertools import islice
from typing import cast

import msgspec

from kase_fix.app.children import Child
from kase_fix.journal.log import History, Reader
from kase_fix.messages.events import Published
from kase_fix.messages.link import Batch, Said

BATCH = 1000


def tell_history(child: Child, history: History, after: int = 0) -> None:
    """Tell the day so far; with a number what came behind that command."""
    told = history.encoded(after)
    while batch := list(islice(told, BATCH)):
        child.say(_batch(batch))


def tell_on(child: Child, reader: Reader) -> None:
    """Tell what comes out of a queue of encoded events, and what stands between them, until the child ends."""
    while not child.ended.is_set():
        item = reader.get()
        events: list[bytes] = []
        said: list[Said] = []
        while True:
            if isinstance(item, bytes):
                events.append(item)
            elif item is not None:  # None only wakes us: the child has ended
                if events:
                    said.append(_batch(events))
                    events = []
                said.append(item)
            if reader.empty() or len(events) >= BATCH:
                break
            item = reader.get()
        if events:
            said.append(_batch(events))
        child.say(*said)


def _batch(events: list[bytes]) -> Batch:
    return Batch(cast("tuple[Published, ...]", tuple(map(msgspec.Raw, events))))  # they are bytes already
