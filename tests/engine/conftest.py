"""Behind every test of the engine: what its engines have become can be kept as bytes, read back, and gone on with."""

from collections import deque

import msgspec
import pytest

from kase_fix.engine.engine import Engine
from tests.engine.desk import read_back

LAST = 3
"""A property makes thousands of engines: only so many are looked at in the end."""
TWINS = 40
"""And so many of its first have a twin."""
BORN = {4, 16, 64, 256}
"""Behind so many commands a twin is read back from what a snapshot keeps of the engine."""


@pytest.fixture(autouse=True)
def revived(monkeypatch, request):
    """The state of a mark and the tables beside it give the same state again (`engine.revival`), and the same events.

    What an engine answers its twin answers to the byte. `no_twin` marks a test that reaches into an engine's state, or
    has a command fail in one engine alone.
    """
    engines = deque(maxlen=LAST)
    twins: dict[int, Engine] = {}
    count: dict[int, int] = {}
    alone = request.node.get_closest_marker("no_twin") is not None
    begin, apply = Engine.__init__, Engine.apply

    def remember(engine, *given, **more):
        begin(engine, *given, **more)
        engines.append(engine)

    def apply_twice(engine, sequenced):
        events = apply(engine, sequenced)
        if alone or len(count) > TWINS:
            return events
        count[id(engine)] = number = count.get(id(engine), 0) + 1
        twin = twins.get(id(engine))
        if twin is not None:
            assert msgspec.msgpack.encode(apply(twin, sequenced)) == msgspec.msgpack.encode(events), sequenced.command
        if number in BORN:
            twins[id(engine)] = read_back(engine)
            keep.append(engine)
        return events

    keep: list[Engine] = []  # an id is another's as soon as its engine is gone
    monkeypatch.setattr(Engine, "__init__", remember)
    monkeypatch.setattr(Engine, "apply", apply_twice)
    yield
    monkeypatch.undo()
    for engine in list(engines):
        hash_before = engine.take_mark().hash
        assert read_back(engine).hash() == hash_before
