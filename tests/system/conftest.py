"""One venue for each module of tests; the clock stands at 10:20, when currencies trade."""

import pytest

from scripts.soak.disk import Disk, NoCompiler
from tests.system.floor import Member, VenueProcess


@pytest.fixture(scope="module")
def venue(tmp_path_factory, request):
    """A venue's process. A module may name settings of its own in `SETTINGS`."""
    running = VenueProcess(tmp_path_factory.mktemp("venue"), *getattr(request.module, "SETTINGS", ()))
    yield running
    running.end()


@pytest.fixture
def member(venue):
    """Return a function that brings a member in with new numbers; all leave when the test ends."""
    inside: list[Member] = []

    def enter(user: str, service: str = "api") -> Member:
        address = venue.api if service == "api" else venue.md
        inside.append(Member(user, service).logs_on(address))
        return inside[-1]

    yield enter
    for one in inside:
        one.leaves()


@pytest.fixture
def disk(tmp_path, monkeypatch, request):
    """The disk of `venue_of_its_own`; a parameter names the part of the data directory that alone is on it."""
    try:
        disk = Disk(tmp_path, tmp_path / "data" / getattr(request, "param", ""))
    except NoCompiler:
        pytest.skip("there is no compiler")
    for name, value in disk.environment.items():  # of every process that is started from now on
        monkeypatch.setenv(name, value)
    return disk


@pytest.fixture
def venue_of_its_own(tmp_path):
    """A venue for one test, its stderr on another disk than its data."""
    running = VenueProcess(tmp_path / "venue", data=tmp_path / "data")
    yield running
    running.end()
