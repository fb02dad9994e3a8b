"""A disk that is looked at while nobody trades."""

import errno
import os
import threading
import time

import pytest

from kase_fix.app.pulse import BLOCK, NAME, Pulse
from kase_fix.app.waiting import STALLED_SECONDS

FULL = "No space left on device (ENOSPC)"


class Beats:
    """Ends a pulse after so many looks, and notes what is wrong before each and at the end."""

    def __init__(self, pulse, count):
        self.pulse, self.left = pulse, count
        self.seen = []

    def wait(self, _):
        self.seen.append(self.pulse.trouble())
        self.left -= 1
        return self.left < 0


def beat(pulse, count):
    pulse._ending = Beats(pulse, count)
    pulse._run()
    return pulse._ending.seen


def test_a_sound_disk_gets_its_block_back(tmp_path):
    pulse = Pulse(tmp_path)
    assert beat(pulse, 3) == [""] * 4
    assert pulse.why() == ""
    assert (tmp_path / NAME).stat().st_blocks == 0


def test_a_block_has_to_be_written_and_synced_each_time(tmp_path, monkeypatch):
    done = []
    for name in ("pwrite", "fdatasync"):
        genuine = getattr(os, name)
        monkeypatch.setattr(os, name, lambda *given, name=name, genuine=genuine: done.append(name) or genuine(*given))
    beat(Pulse(tmp_path), 2)
    assert done == ["pwrite", "fdatasync"] * 2


@pytest.mark.parametrize("name", ["pwrite", "fdatasync"])
def test_what_fails_twice_in_a_row_is_told(tmp_path, monkeypatch, name):
    fails = iter([True, False, True, True, False, True])
    genuine = getattr(os, name)

    def now_and_then(*given):
        if next(fails):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return genuine(*given)

    monkeypatch.setattr(os, name, now_and_then)
    assert beat(Pulse(tmp_path), 6) == ["", "", "", "", FULL, "", ""]


def test_a_block_that_fits_in_half_does_not_fit(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "pwrite", lambda *_: len(BLOCK) // 2)
    assert Pulse(tmp_path).why() == FULL


def test_a_directory_that_is_gone_cannot_be_written(tmp_path):
    assert Pulse(tmp_path / "nowhere").why() == "No such file or directory (ENOENT)"


def test_a_disk_that_does_not_answer_is_noticed(tmp_path, monkeypatch):
    pulse, reached, go_on = Pulse(tmp_path), threading.Event(), threading.Event()

    def hang(_):
        reached.set()
        assert go_on.wait(60)

    monkeypatch.setattr(os, "fdatasync", hang)
    beating = threading.Thread(target=beat, args=(pulse, 1))
    beating.start()
    assert reached.wait(60)
    assert (pulse.stalled(), pulse.why(0.0)) == (0.0, "")
    genuine = time.monotonic
    with monkeypatch.context() as later:
        later.setattr(time, "monotonic", lambda: genuine() + STALLED_SECONDS)
        assert pulse.stalled() > STALLED_SECONDS
    go_on.set()
    beating.join()
    assert (pulse.stalled(), pulse.trouble()) == (0.0, "")
