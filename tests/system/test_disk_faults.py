"""A disk that is full or fails, sessions' files included: all are told or cut, nothing is lost.

The disk is `scripts.soak.disk`: what the processes write below the data directory goes through it. Where we may mount,
a small file system is filled for real too.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import pytest

from kase_fix.app import reserve
from scripts.soak.crashes import mount_small, unmount
from scripts.soak.disk import Disk
from tests.system.disk_floor import EVERYONE, NOBODY, VENDORS, Floor
from tests.system.floor import VenueProcess

FULL, FAILS = "No space left on device (ENOSPC)", "Input/output error (EIO)"


def fill(disk: Disk, data: Path) -> None:
    assert (data / reserve.NAME).stat().st_size == reserve.BYTES
    disk.leave(-8192)  # nothing, and what is being given back at this moment makes no room either


def fill_without_reserve(disk: Disk, data: Path) -> None:
    (data / reserve.NAME).unlink()
    disk.leave(-8192)


class Fault(NamedTuple):
    """What is wrong with the disk, what the venue says of it, and whom it can tell: a Logout is stored to be sent."""

    hurt: Callable[[Disk, Path], None]
    text: str
    told: set[str]


FAULTS = {
    "no room": Fault(fill, FULL, EVERYONE),
    "no room and no reserve": Fault(fill_without_reserve, FULL, VENDORS),  # of them only numbers are stored
    "no write": Fault(lambda disk, _: disk.fill(0), FULL, NOBODY),
    "syncs fail": Fault(lambda disk, _: disk.break_syncs(0), FAILS, EVERYONE),
}


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own for the data."""
    data = tmp_path / "data"
    if not mount_small(data, "48m"):
        pytest.skip("we may not mount")
    yield data
    unmount(data)


@pytest.mark.parametrize("name", FAULTS)
def test_all_hear_of_it_and_what_was_confirmed_is_there(disk: Disk, venue_of_its_own: VenueProcess, name: str) -> None:
    fault = FAULTS[name]
    floor = Floor(venue_of_its_own)
    fault.hurt(disk, venue_of_its_own.data)
    floor.order()
    floor.halts(fault.text, fault.told)
    disk.heal()
    floor.goes_on()


def test_a_small_file_system_that_is_filled_in_a_quiet_minute(small_disk: Path, venue_of_its_own: VenueProcess) -> None:
    floor = Floor(venue_of_its_own)
    ballast = small_disk / "ballast"
    for _ in range(2):  # what was being given back the first time is taken too
        with suppress(OSError), ballast.open("ab", buffering=0) as file:
            while True:
                file.write(bytes(4096))
        time.sleep(0.1)
    floor.halts(FULL, EVERYONE)
    ballast.unlink()
    floor.goes_on()
