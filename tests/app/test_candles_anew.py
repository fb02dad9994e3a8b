"""Past days' candles that are made anew take no processor of the orders."""

import os

from kase_fix.app.candles import keeping
from kase_fix.app.candles.keeping import Candles
from kase_fix.app.children import Child
from tests.journal.written import opening, write


def test_what_makes_them_is_kept_to_the_given_processors_before_it_begins(tmp_path, monkeypatch):
    ran_on = []

    class Watched(Child):
        def say(self, *said):
            ran_on.append(os.sched_getaffinity(self._process.pid))
            super().say(*said)

    monkeypatch.setattr(keeping, "Child", Watched)
    write(tmp_path, [opening()])
    one = min(os.sched_getaffinity(0))
    candles = Candles(tmp_path, False, {one})
    candles.archive.missing = 1
    candles.tend()
    candles.end()
    assert ran_on == [{one}]
