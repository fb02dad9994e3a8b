"""Behind every test of the engine: what its engines have become can be kept as bytes and read back."""

from collections import deque

import pytest

from kase_fix.engine.engine import Engine
from kase_fix.engine.revival import encode_configuration, gained, revive

LAST = 3
"""A property makes thousands of engines: only so many are looked at."""


@pytest.fixture(autouse=True)
def revived(monkeypatch):
    """The state of a mark and the tables beside it give the same state again (`engine.revival`)."""
    engines = deque(maxlen=LAST)
    begin = Engine.__init__

    def remember(engine, *given, **more):
        begin(engine, *given, **more)
        engines.append(engine)

    monkeypatch.setattr(Engine, "__init__", remember)
    yield
    for engine in list(engines):
        mark = engine.take_mark()
        in_force = None if mark.market is None else mark.market.configuration
        settings = encode_configuration(mark.configuration), encode_configuration(in_force)
        assert Engine(revive(mark.bytes, *settings, [gained(mark, None)])).hash() == mark.hash
