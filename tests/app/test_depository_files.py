"""Signed files with the Central Depository: nothing is lost, nothing is done twice, whatever crashes (art. 5 p. 4)."""

import os
import threading
import time
from queue import SimpleQueue

import msgspec
import pytest

from kase_fix.app.depository import files
from kase_fix.app.depository.files import Files
from kase_fix.app.depository.letters import (
    GREATEST_AMOUNT,
    HEAD,
    BadLetter,
    opened,
    read_answer,
    request_letter,
    sealed,
)
from kase_fix.messages.codec import encode_commands
from kase_fix.messages.commands import Sequenced
from kase_fix.messages.day_events import DayOpened, DepositoryAnswerRefused
from kase_fix.messages.depository import (
    BALANCES,
    CLOSE,
    DepositoryAnswered,
    DepositoryAsked,
    DepositoryDropped,
    DepositoryReplied,
)
from kase_fix.messages.events import CommandFailed, Published
from tests.app.conftest import at
from tests.engine.desk import Desk

KEY = b"k" * 32
PATIENCE = 10.0


def answer_file(request, what=BALANCES, key=KEY, **more):
    body = {"kind": "answer", "request": request, "what": what, "ok": True, **more}
    return sealed(msgspec.json.encode(body), key)


class Exchange:
    """An engine in the morning of a day, and the adapter beside it; each start of the adapter is one after a crash."""

    def __init__(self, directory):
        self.inbox, self.outbox = directory / "inbox", directory / "outbox"
        self.desk = Desk(to="08:45")
        self.desk.expects(silent="yes")
        self.lock = threading.Lock()
        self.adapter = None
        self.reader = SimpleQueue()
        self.submitted = []
        self.deaf = False
        """A crash comes between the submission and what it brings."""
        self.clock_to("08:52")

    def published(self):
        return [Published(number, 0, events) for number, events in enumerate(self.desk.told, 1)]

    def clock_to(self, text):
        with self.lock:
            before = len(self.desk.told)
            self.desk.to(text)
            self.tell(before)

    def tell(self, before):
        for published in self.published()[before:]:
            self.reader.put(published)

    def submit(self, command):
        with self.lock:
            self.submitted.append(command)
            if self.deaf:
                return
            before = len(self.desk.told)
            encode_commands([Sequenced(1, 1, command)])  # the journal can keep it
            self.desk.send(command)
            self.tell(before)

    def start(self):
        self.reader = SimpleQueue()
        self.adapter = Files(self.inbox, self.outbox, KEY, 0.02)
        self.adapter.start(self.submit, lambda: (self.published(), self.reader))

    def crash(self):
        self.adapter.stop()

    def request(self, what=BALANCES):
        return next(one.request for one in self.desk.state.depository.pending if one.what == what)

    def comes(self, name, data, old=False):
        path = self.inbox / name
        new = path.with_suffix(".part")
        new.write_bytes(data)
        if old:
            os.utime(new, (time.time() - 60, time.time() - 60))
        new.rename(path)
        return path


@pytest.fixture
def exchange(tmp_path, monkeypatch):
    monkeypatch.setattr(files, "OUTCOME_SECONDS", 0.5)
    made = Exchange(tmp_path)
    made.start()
    yield made
    made.adapter.stop()


def until(condition):
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, "not in time"
        time.sleep(0.01)


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_request_goes_out_signed_and_its_answer_is_taken_in(exchange):
    """Art. 5 p. 4 sp. 1: the whole way, and what is read is kept."""
    request = exchange.request()
    letter = exchange.outbox / f"{request}.kdm"
    until(letter.exists)
    body = msgspec.json.decode(opened(letter.read_bytes(), KEY))
    assert body == {"kind": "request", "request": request, "what": BALANCES, "clause": "art. 5 p. 4 sp. 1"}
    data = answer_file(request, balances=[["S_FIRMA_0000", "KZT", 5]], totals=[["KZT", 5]])
    path = exchange.comes("a1.kdm", data)
    until(lambda: not path.exists())
    assert exchange.desk.state.balances == {"S_FIRMA_0000": {"KZT": 5}}
    assert (exchange.inbox / "done" / "a1.kdm").read_bytes() == data
    assert exchange.adapter.totals() == {
        "depository_requests": 1,
        "depository_answers": 1,
        "depository_repeated": 0,
    }
    assert exchange.adapter.next_due_time() is None
    with pytest.raises(LookupError):
        exchange.adapter.take()


def test_request_is_the_same_file_after_a_crash(exchange):
    """Each request is written again as long as it waits, byte for byte; one that has its answer is not."""
    letter = exchange.outbox / f"{exchange.request()}.kdm"
    until(letter.exists)
    first = letter.read_bytes()
    exchange.crash()
    letter.unlink()  # the crash was before it was written, or the carrier took it along
    exchange.start()
    until(letter.exists)
    assert letter.read_bytes() == first
    exchange.crash()
    letter.write_bytes(first[:20])  # torn, as no file of ours can be
    exchange.start()
    until(lambda: letter.read_bytes() == first)
    path = exchange.comes("a.kdm", answer_file(exchange.request()))
    until(lambda: not path.exists())
    exchange.crash()
    letter.unlink()
    exchange.start()
    exchange.comes("b.kdm", answer_file("20200527-balances-5"))
    until(lambda: names(exchange.inbox / "done") != ["a.kdm"])
    assert not letter.exists()


def test_crash_before_the_answer_is_journalled_loses_nothing(exchange):
    """The file stays in the inbox until it is known what became of it."""
    exchange.deaf = True
    path = exchange.comes("a.kdm", answer_file(exchange.request()))
    until(lambda: exchange.submitted)
    exchange.crash()
    assert path.exists()
    exchange.deaf = False
    exchange.start()
    until(lambda: not path.exists())
    assert exchange.desk.state.depository.open
    assert names(exchange.inbox / "done") == ["a.kdm"]


def test_crash_after_the_answer_is_journalled_does_nothing_twice(exchange):
    """The engine knows the request, the file goes where it would have gone."""
    request = exchange.request()
    exchange.crash()
    exchange.submit(DepositoryAnswered(request, BALANCES, True, "", (("A", "KZT", 1),), (("KZT", 1),)))
    commands = len(exchange.desk.commands)
    path = exchange.comes("a.kdm", answer_file(request, balances=[["A", "KZT", 9]], totals=[["KZT", 9]]))
    exchange.start()
    until(lambda: not path.exists())
    assert names(exchange.inbox / "done") == ["a.kdm"]
    assert exchange.desk.state.balances == {"A": {"KZT": 1}}
    assert len(exchange.desk.commands) == commands + 1
    assert exchange.adapter.totals()["depository_repeated"] == 1


def test_same_answer_in_two_files_is_taken_once_and_both_are_kept(exchange):
    request = exchange.request()
    data = answer_file(request)
    for name in ("a.kdm", "b.kdm"):
        exchange.comes(name, data)
    until(lambda: len(names(exchange.inbox / "done")) == 2)
    exchange.comes("a.kdm", data)
    until(lambda: len(names(exchange.inbox / "done")) == 3)
    assert names(exchange.inbox / "done") == ["a-2.kdm", "a.kdm", "b.kdm"]
    replies = [event for events in exchange.desk.told for event in events if isinstance(event, DepositoryReplied)]
    assert len(replies) == 1


REQUEST = "20200527-balances-5"
GOOD = answer_file(REQUEST)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (GOOD[:-1], "signature"),
        (GOOD[:10], "begin with a signature"),
        (b"", "begin with a signature"),
        (GOOD.replace(b"true", b"fals"), "signature"),
        (answer_file(REQUEST, key=b"x" * 32), "signature"),
        (HEAD + b"\xff\n" + b"{}", "signature"),
        (request_letter(REQUEST, BALANCES, "art. 5 p. 4 sp. 1", KEY), "cannot be read"),
        (sealed(b"\xff\xfe", KEY), "cannot be read"),
        (sealed(b'"\\ud800"', KEY), "cannot be read"),
        (sealed(b"{}", KEY), "cannot be read"),
        (answer_file(REQUEST, more=1), "cannot be read"),
        (answer_file(REQUEST, balances=[["A", "KZT", 1.5]]), "cannot be read"),
        (answer_file(REQUEST, balances=[["A", "KZT", GREATEST_AMOUNT + 1]]), "cannot be read"),
        (answer_file(REQUEST, balances=[["A" * 65, "KZT", 1]]), "cannot be read"),
        (answer_file(REQUEST, reason="x" * 1001), "cannot be read"),
        (answer_file(REQUEST, what="weather"), "never asked"),
        (answer_file("20200527-balances-999"), "was not asked"),
        (answer_file("", what=CLOSE), "cannot be read"),
        (answer_file(REQUEST, balances=[["A", "KZT", 1]], totals=[["KZT", 2]]), "control sum"),
    ],
)
def test_what_is_no_answer_is_rejected_with_its_reason(exchange, data, why):
    """Bad signature, unreadable, unknown: beside the way, with the reason, counted; the venue goes on."""
    assert exchange.request() == REQUEST
    path = exchange.comes("bad.kdm", data, old=True)
    until(lambda: not path.exists())
    rejected = exchange.inbox / "rejected"
    assert names(rejected) == ["bad.kdm", "bad.kdm.reason"]
    assert why in (rejected / "bad.kdm.reason").read_text()
    assert (rejected / "bad.kdm").read_bytes() == data
    assert exchange.adapter.totals()["depository_rejected"] == 1
    assert not exchange.desk.state.depository.open


def test_file_that_is_still_being_written_is_waited_for(exchange):
    """A torn file may be one that grows; whole names of files that are not ours are left alone."""
    growing = exchange.inbox / "a.kdm"
    growing.write_bytes(GOOD[:30])
    (exchange.inbox / "notes.txt").write_text("not ours")
    (exchange.inbox / ".a.kdm").write_bytes(GOOD)
    exchange.comes("b.kdm", answer_file("20200527-balances-999"), old=True)
    until(lambda: names(exchange.inbox / "rejected") == ["b.kdm", "b.kdm.reason"])
    assert growing.exists()
    growing.write_bytes(GOOD)
    until(lambda: not growing.exists())
    assert names(exchange.inbox / "done") == ["a.kdm"]
    assert names(exchange.inbox) == [".a.kdm", "done", "notes.txt", "rejected"]


def test_negative_answer_and_closing_are_taken_as_they_are(exchange):
    """Art. 5 p. 4 sp. 2: the day closes by a file."""
    exchange.comes("a.kdm", answer_file(exchange.request()))
    until(lambda: exchange.desk.state.depository.open)
    exchange.clock_to("19:15")
    exchange.comes("no.kdm", answer_file(exchange.request(CLOSE), CLOSE, ok=False, reason="нет"))
    until(lambda: (exchange.inbox / "done" / "no.kdm").exists())
    assert exchange.desk.state.day_open
    assert exchange.desk.state.depository.replies[-1].reason == "нет"


def test_folder_that_is_gone_is_an_incident_and_no_end(exchange):
    """A disk that fails for a while: it is tried again."""
    exchange.comes("a.kdm", answer_file(exchange.request()))
    until(lambda: exchange.desk.state.depository.open)
    moved = exchange.outbox.with_name("elsewhere")
    exchange.outbox.rename(moved)
    exchange.clock_to("19:15")
    until(lambda: exchange.adapter.totals().get("depository_failures"))
    moved.rename(exchange.outbox)
    until(lambda: f"{exchange.request(CLOSE)}.kdm" in names(exchange.outbox))


def test_requests_that_need_no_answer_are_not_written_after_a_crash(tmp_path):
    """What was dropped, and what is of another day, waits for nobody."""
    asked = [DepositoryAsked(f"r{number}", CLOSE, "") for number in range(5)]
    refused = DepositoryAnswerRefused("r2", None)
    events = (asked[0], DayOpened(None, {}, {}, {}, ""), *asked[1:], DepositoryReplied("r1", CLOSE, True), refused)
    adapter = Files(tmp_path / "in", tmp_path / "out", KEY, 0.01)
    told = Published(1, at("12:00"), (*events, DepositoryDropped("r3", CLOSE, ""), CommandFailed("X")))
    adapter.start(lambda _: None, lambda: ([told], SimpleQueue()))
    until(lambda: names(tmp_path / "out") == ["r4.kdm"])
    adapter.stop()
    assert names(tmp_path / "out") == ["r4.kdm"]


def test_letters_are_what_they_say():
    """HMAC-SHA256 over every byte of the body; the greatest amount can be journalled."""
    assert opened(sealed(b"body\nof two lines", KEY), KEY) == b"body\nof two lines"
    answer = read_answer(answer_file("r", balances=[["A", "KZT", GREATEST_AMOUNT]]), KEY)
    assert answer.balances == (("A", "KZT", GREATEST_AMOUNT),)
    encode_commands([Sequenced(1, 1, answer)])
    with pytest.raises(BadLetter):
        opened(sealed(b"body", KEY) + b"x", KEY)
