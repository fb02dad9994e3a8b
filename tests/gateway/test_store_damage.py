"""Stores and cursors cut, flipped, zeroed and appended to: QuickFIX starts, nobody is skipped, others go on."""

import datetime as dt
import random
import re
import shutil
import socket
import subprocess
import sys
from contextlib import suppress

import pytest

from kase_fix.gateway.boot import JUMP
from kase_fix.gateway.cursor import BEFORE_ALL, Cursor
from kase_fix.gateway.store import cut_what_is_torn
from kase_fix.gateway.store_mending import FARTHEST, mend
from scripts.soak.wire import Framer, Message, encode, now_utc

CURSORS = 4000
USERS, REPORTS, ROUNDS = 40, 12, 3
ENDINGS = (".body", ".header", ".seqnums", ".seqnums", ".session")
HOST = """
import os, sys
from pathlib import Path
from kase_fix.gateway.acceptor import Acceptor
from kase_fix.messages.configuration import User

class Listener:
    def heard(self, *said): pass
    def came(self, *who): pass
    def left(self, *who): pass

directory, count, reports = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
users = [User(f"U{number:03}", f"U{number:03}") for number in range(count)]
acceptor = Acceptor("api", "KASE", users, directory, Listener(), True)
acceptor.start()
for user in users:
    for number in range(1, reports + 1):
        report = f"35=8|37=N{number}|17=e{number}|150=0|39=0|55=X|54=1|151=1|14=0|6=0|527={number}-0-0|"
        acceptor.send(user.name, report.replace("|", chr(1)))
print("path", acceptor.back_door.path, flush=True)
sys.stdin.readline()
os._exit(0)
"""


class Host:
    """An acceptor in a process of its own."""

    def __init__(self, directory, reports=0):
        command = [sys.executable, "-c", HOST, str(directory), str(USERS), str(reports)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.path = self._path()

    def _path(self):
        for line in self._process.stdout:
            if line.startswith("path "):
                return line.split()[1]
        raise AssertionError("it did not start")

    def kill(self):
        self._process.kill()
        self._process.communicate()

    def logs_on(self, user):
        """Return what is told to one who logs on with the number 1 and asks whether anyone is there."""
        told, framer = [], Framer()
        with socket.socket(socket.AF_UNIX) as line, suppress(TimeoutError, ConnectionError):
            line.settimeout(15.0)
            line.connect(self.path)
            head = [(49, user), (56, "KASE"), (52, now_utc())]
            line.sendall(encode("FIX.4.4", [(35, "A"), (34, "1"), *head, (98, "0"), (108, "30")]))
            while data := line.recv(1 << 16):
                new = [Message(raw) for raw in framer.feed(data)]
                told += new
                if any(one.kind == "A" for one in new):
                    line.sendall(encode("FIX.4.4", [(35, "1"), (34, "2"), *head, (112, "there")]))
                if any(one.kind == "5" or one.get(112) == "there" for one in new):
                    break
        return told


def hurt(data, chance):
    place = chance.randrange(len(data) or 1)
    kind = chance.choice(("cut", "flip", "flip", "flip", "zero", "append"))
    if kind == "cut" or not data:
        return data[:place]
    if kind == "append":
        return data + chance.randbytes(chance.randint(1, 60))
    if kind == "zero":
        return data[:place] + bytes(min(50, len(data) - place)) + data[place + 50 :]
    return data[:place] + bytes([data[place] ^ 1 << chance.randrange(8)]) + data[place + 1 :]


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    """The stores of many users, each with some reports."""
    directory = tmp_path_factory.mktemp("s")
    Host(directory, REPORTS).kill()
    return directory


@pytest.mark.parametrize("seed", range(ROUNDS))
def test_the_acceptor_starts_on_any_stores_and_everyone_is_answered(sound, tmp_path, seed):
    """Whoever has seen more than the store now knows is told so by Logout; nobody else is held up."""
    chance = random.Random(seed)
    directory = tmp_path / "h"
    shutil.copytree(sound, directory)
    wounds = []
    for number in range(USERS):
        path = directory / f"FIX.4.4-KASE-U{number:03}{chance.choice(ENDINGS)}"
        before = path.read_bytes()
        path.write_bytes(hurt(before, chance))
        wounds.append((path.suffix, before, path.read_bytes()))
    host = Host(directory)
    try:
        for number in range(USERS):
            told = host.logs_on(f"U{number:03}")
            kinds = [one.kind for one in told]
            assert "A" in kinds or "5" in kinds, (number, wounds[number], kinds)
            if "5" in kinds:
                assert "too low" in told[kinds.index("5")].get(58)
            else:
                assert any(one.get(112) == "there" or one.kind == "2" for one in told), (number, wounds[number], kinds)
    finally:
        host.kill()


def test_a_store_of_another_date_goes_on(sound, tmp_path):
    """QuickFIX 1.16 empties it although its sessions never stop: a start behind midnight, UTC, would lose all."""
    directory = tmp_path / "h"
    shutil.copytree(sound, directory)
    for number, days in enumerate((1, 2, 8, -1)):
        moment = dt.datetime.now(dt.UTC) - dt.timedelta(days=days)
        path = directory / f"FIX.4.4-KASE-U{number:03}.session"
        path.write_text(moment.strftime("%Y%m%d-%H:%M:%S"), encoding="ascii")
    host = Host(directory)
    try:
        assert [host.logs_on(f"U{number:03}")[0].number for number in range(5)] == [REPORTS + 1] * 5
    finally:
        host.kill()


@pytest.mark.parametrize(
    ("numbers", "mended"),
    [
        ("", (REPORTS + 1, 1)),
        ("0" * 43, (REPORTS + 1, 1)),
        ("\0" * 43, (REPORTS + 1, 1)),
        (f"{13:020d} : {7:019d}", (REPORTS + 1, 1)),
        (f"{13:020d}x: {7:020d}", (REPORTS + 1, 7)),
        (f"{0:020d} : {7:020d}", (REPORTS + 1, 7)),
        (f"{FARTHEST * 2:020d} : {7:020d}", (REPORTS + 1, 7)),
        (f"{JUMP * 5:020d} : {7:020d}", None),
        (f"{13:020d} : {7:020d}", None),
    ],
)
def test_numbers_that_are_none_are_made_of_what_is_stored(sound, tmp_path, numbers, mended):
    for ending in (".body", ".header", ".session"):
        shutil.copy(sound / f"FIX.4.4-KASE-U000{ending}", tmp_path / f"S{ending}")
    path = tmp_path / "S.seqnums"
    path.write_text(numbers, encoding="ascii")
    wrong = mend(tmp_path / "S")
    assert len(wrong) == (mended is not None)
    assert path.read_text(encoding="ascii") == (numbers if mended is None else "{:020d} : {:020d}".format(*mended))
    assert mend(tmp_path / "S") == []


def test_without_messages_numbers_that_are_none_are_far_ahead(tmp_path):
    """No client can have seen as much: he finds a gap, and it is filled."""
    (tmp_path / "S.seqnums").write_text("", encoding="ascii")
    assert mend(tmp_path / "S")
    assert re.match(r"0*1000000 :", (tmp_path / "S.seqnums").read_text(encoding="ascii"))
    assert mend(tmp_path / "none") == []


def test_no_message_that_was_changed_counts_as_stored(sound, tmp_path):
    """Of a store whose last messages are damaged the header ends with the last whole one; thousands of wounds."""
    body = (sound / "FIX.4.4-KASE-U000.body").read_bytes()
    header = (sound / "FIX.4.4-KASE-U000.header").read_bytes()
    entries = [tuple(map(int, one.split(b","))) for one in header.split()]
    chance = random.Random(1)
    for _ in range(2000):
        place, bit = chance.randrange(len(body)), chance.randrange(8)
        (tmp_path / "S.body").write_bytes(body[:place] + bytes([body[place] ^ 1 << bit]) + body[place + 1 :])
        (tmp_path / "S.header").write_bytes(header)
        struck = next(number for number, offset, size in entries if offset <= place < offset + size)
        cut = cut_what_is_torn(tmp_path / "S")
        assert (cut > 0) == (struck == len(entries)), place


def test_a_report_whose_stored_message_was_changed_comes_again_marked(sound, tmp_path):
    """The cursor says it was given, but no resend could bring it."""
    store = tmp_path / "S"
    for ending in (".body", ".header", ".seqnums"):
        shutil.copy(sound / f"FIX.4.4-KASE-U000{ending}", tmp_path / f"S{ending}")
    cursor = Cursor(tmp_path / "cursors" / "S", store)
    cursor.advance((REPORTS, 0, "0"))
    cursor.close()
    assert not Cursor(tmp_path / "cursors" / "S", store).damaged
    body = tmp_path / "S.body"
    body.write_bytes(body.read_bytes().replace(b"527=12-", b"527=13-"))
    assert cut_what_is_torn(store) > 0
    again = Cursor(tmp_path / "cursors" / "S", store)
    assert (again.position, again.damaged) == ((REPORTS - 1, 0, "0"), True)


def test_a_cursor_never_says_more_than_was_given(tmp_path):
    """Thousands of wounds: it stands where it stood, at what was synced, or at nothing, and then it says so."""
    chance = random.Random(7)
    for number in range(CURSORS):
        path = tmp_path / "cursors" / str(number % 50)
        path.unlink(missing_ok=True)
        cursor = Cursor(path, tmp_path / "none")
        cursor.advance((120 + number, 3, "B1"))
        cursor.sync()
        cursor.advance((1000 + number, 12, "S"))
        cursor.close()
        data = path.read_bytes()
        path.write_bytes(wounded := hurt(data, chance))
        again = Cursor(path, tmp_path / "none")
        known = {(1000 + number, 12, "S"), (120 + number, 3, "B1"), BEFORE_ALL}
        assert again.position in known, wounded
        if again.position == (120 + number, 3, "B1"):
            assert again.damaged, wounded
        again.close()
