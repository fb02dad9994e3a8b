"""Room that is held for a venue's last words."""

import errno
import os

from kase_fix.app.reserve import BYTES, NAME, Reserve


def test_it_is_held_until_it_is_given_up(tmp_path):
    for _ in range(2):  # a start finds that of the last run
        reserve = Reserve(tmp_path)
        held = (tmp_path / NAME).stat()
        assert held.st_size == BYTES
        assert held.st_blocks * 512 >= BYTES
    for _ in range(2):
        reserve.give_up()
        assert list(tmp_path.iterdir()) == []


def test_half_a_reserve_is_none(tmp_path, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "posix_fallocate", full)
    Reserve(tmp_path)
    assert list(tmp_path.iterdir()) == []
