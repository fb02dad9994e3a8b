"""However QuickFIX's words are cut and whatever comes between: a client sees every number once, in order."""

from collections import deque

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from kase_fix.gateway.doorman import fields
from kase_fix.gateway.doorman.catch_up import GREATEST_CHUNK, GREATEST_GAP
from kase_fix.gateway.doorman.flow import Flow
from kase_fix.gateway.doorman.spans import Span, Spans
from kase_fix.gateway.doorman.spoken import Splitter, gap_fill, head_of, new_number

SESSIONS_OWN = ("0", "1", "2", "3", "5", "A")


def message(number: int, kind: str, *body: tuple[int, bytes], again: bool = False) -> bytes:
    """Return a message as QuickFIX writes it."""
    head = [(35, kind.encode()), (34, b"%d" % number), *([(43, b"Y")] if again else []), (49, b"KASE"), (56, b"FIRMA")]
    return fields.join(b"FIX.4.4", [*head, *([(122, b"20200527-10:00:00.000")] if again else []), *body])


class QuickFix:
    """What QuickFIX 1.16.0 does with numbers (Session::generateRetransmits): `stored` has the kind of each."""

    def __init__(self, stored: dict[int, str], following: int) -> None:
        self.stored = stored
        self.following = following
        self.spoken = b""

    def says(self, kind: str, size: int = 1) -> None:
        self.stored[self.following] = kind
        self.spoken += message(self.following, kind, (58, b"%d" % self.following * size))
        self.following += 1

    def jumps(self, by: int) -> None:
        """Take numbers nothing is stored for."""
        self.following += by

    def is_asked(self, first: int, last: int) -> None:
        assert 1 <= first <= last < self.following
        gap, newest, current, told = 0, 0, first, False
        for number in range(first, last + 1):
            kind = self.stored.get(number)
            if kind is None:
                continue
            told = False
            if current != number and not gap:
                gap = current
            if kind in (*SESSIONS_OWN, "W", "X"):
                gap = gap or number
            else:
                if gap:
                    self._fills(gap, number)
                self.spoken += message(number, kind, (58, b"%d" % number), again=True)
                gap, told = 0, True
            newest, current = number, number + 1
        if gap:
            self._fills(gap, newest + 1)
        if last > newest:
            self._fills(newest + 1 if told else first, last + 1)

    def _fills(self, first: int, following: int) -> None:
        self.spoken += message(first, "4", (36, b"%d" % following), (123, b"Y"), again=True)


class Client:
    """A client that keeps what comes too early, as FIX wants it."""

    def __init__(self, expected: int, logon: int) -> None:
        self.expected = expected
        self.logon = logon
        self.told_up_to = 0
        self.early: dict[int, bytes] = {}
        self.texts: dict[int, bytes] = {}
        self.heard: list[tuple[int, bool]] = []
        self.asked_up_to = 0

    def hears(self, data: bytes) -> None:
        for one in Splitter().feed(data):
            kind, number, again = head_of(one)
            self.heard.append((number, again))
            following = new_number(one) if kind == b"4" else number + 1
            assert following > number
            self.told_up_to = max(self.told_up_to, following - 1)
            if number > self.expected:
                assert self.expected < self.logon, "a gap where there was none"
                assert again or number not in self.early
                assert self.expected not in range(1, self.asked_up_to + 1), "what is new came before what was asked for"
                self.early[number] = one
            elif number == self.expected:
                self._take(kind, number, one)
                while (kept := self.early.pop(self.expected, None)) is not None:
                    self._take(head_of(kept).kind, self.expected, kept)

    def _take(self, kind: bytes, number: int, one: bytes) -> None:
        values = dict(fields.split(one))
        if kind == b"4":
            self.expected = new_number(one)
            for passed in [each for each in self.early if each < self.expected]:
                del self.early[passed]
        else:
            self.texts[number] = values[58]
            self.expected += 1


class World:
    """A client, QuickFIX, and the flow between them."""

    def __init__(self, quickfix: QuickFix, expected: int, most_held: int = 1 << 20, announced: int = 0) -> None:
        self.quickfix = quickfix
        self.client = Client(expected, quickfix.following - 1)
        self.requests: deque[Span] = deque()
        self.flow = Flow(self.client.hears, self.requests.append, most_held, announced)

    def hears(self, size: int) -> None:
        """Some bytes of QuickFIX's arrive."""
        data, self.quickfix.spoken = self.quickfix.spoken[:size], self.quickfix.spoken[size:]
        self.flow.hear(data)

    def asks(self, first: int, last: int) -> None:
        newest = self.quickfix.following - 1
        if first <= self.client.expected <= (last or newest):
            self.client.asked_up_to = max(
                self.client.asked_up_to, min(last or newest, max(self.client.early, default=0))
            )
        self.flow.want(Span(first, last))

    def works(self) -> None:
        """QuickFIX reads one request."""
        if self.requests:
            span = self.requests.popleft()
            assert span.last - span.first < GREATEST_GAP
            self.quickfix.is_asked(*span)

    def settles(self) -> None:
        """All that is under way arrives."""
        self.flow.resume()
        while self.requests or self.quickfix.spoken:
            self.works()
            self.hears(len(self.quickfix.spoken))


def stores() -> st.SearchStrategy[list[str]]:
    """Kinds by number; an empty one is a hole."""
    return st.lists(st.sampled_from(("8", "8", "8", "j", "0", "1", "A", "3", "W", "")), min_size=1, max_size=200)


ACTIONS = st.one_of(
    st.tuples(st.just("says"), st.sampled_from(("8", "8", "0", "1", "2", "W", "3")), st.integers(1, 30)),
    st.tuples(st.just("hears"), st.integers(1, 2000), st.none()),
    st.tuples(st.just("works"), st.none(), st.none()),
    st.tuples(st.just("asks"), st.integers(0, 220), st.one_of(st.just(0), st.integers(0, 220))),
    st.tuples(st.just("behind"), st.booleans(), st.none()),
)


@settings(max_examples=600, deadline=None)
@example(kinds=["8"], expected=1, announces=True, most_held=0, actions=[("says", "0", 1)])
@given(
    kinds=stores(),
    expected=st.integers(1, 200),
    announces=st.booleans(),
    most_held=st.sampled_from((0, 500, 1 << 20)),
    actions=st.lists(ACTIONS, max_size=60),
)
def test_every_number_comes_once_and_in_order(kinds, expected, announces, most_held, actions):
    stored = {number: kind for number, kind in enumerate(kinds, 1) if kind}
    quickfix = QuickFix(stored, len(kinds) + 1)
    expected = min(expected, quickfix.following)
    quickfix.says("A")
    world = World(quickfix, expected, most_held, expected if announces else 0)
    for action, first, second in actions:
        match action:
            case "says":
                quickfix.says(first, second)
            case "hears":
                world.hears(first)
            case "works":
                world.works()
            case "asks":
                world.asks(first, second)
            case "behind" if first:
                world.flow.behind = True
            case "behind":
                world.flow.resume()
    world.settles()
    client = world.client
    if client.expected < quickfix.following:
        assert not announces
        world.asks(client.expected, 0)
        world.settles()
    assert client.expected == quickfix.following
    assert client.early == {}
    client.told_up_to = 0
    world.asks(1, 0)
    world.settles()
    assert client.told_up_to == client.expected - 1
    for number, kind in stored.items():
        if number >= expected and kind not in (*SESSIONS_OWN, "W", "X"):
            assert client.texts[number].startswith(b"%d" % number)
    assert not world.flow.asks
    assert world.flow.held_bytes == 0
    new = [number for number, again in client.heard if not again]
    assert new == sorted(set(new))


def test_a_gap_over_many_chunks_is_told_once():
    quickfix = QuickFix({}, 1)
    quickfix.jumps(10_000)
    quickfix.says("8")
    world = World(quickfix, 1)
    world.hears(len(quickfix.spoken))
    world.asks(1, 0)
    world.settles()
    assert world.client.heard == [(10_001, False), (1, True), (10_001, True)]
    assert world.client.expected == 10_002


def test_what_is_new_waits_behind_what_was_asked_for():
    quickfix = QuickFix({}, 1)
    for _ in range(3 * GREATEST_CHUNK):
        quickfix.says("8")
    quickfix.spoken = b""
    quickfix.says("A")
    world = World(quickfix, 1)
    world.hears(1 << 16)
    world.asks(1, 0)
    while world.requests:
        world.works()
        quickfix.says("8")
        world.hears(1 << 20)
    numbers = [number for number, _ in world.client.heard[1:]]
    assert numbers == list(range(1, quickfix.following))
    assert quickfix.following > 3 * GREATEST_CHUNK + 4


def test_nothing_is_asked_for_while_he_has_enough_to_read():
    quickfix = QuickFix(dict.fromkeys(range(1, 101), "8"), 101)
    quickfix.says("A")
    world = World(quickfix, 1)
    world.hears(1 << 16)
    world.flow.behind = True
    world.asks(1, 0)
    assert not world.requests
    world.flow.resume()
    assert world.requests


@pytest.mark.parametrize(("kind", "held"), [("8", False), ("0", False), ("W", True), ("3", True), ("2", True)])
def test_what_does_not_come_again_is_held_and_the_rest_let_go(kind, held):
    quickfix = QuickFix({}, 1)
    quickfix.says("A")
    world = World(quickfix, 1, most_held=0)
    world.hears(1 << 16)
    world.flow.behind = True
    quickfix.says(kind)
    world.hears(1 << 16)
    assert (world.flow.held_bytes > 0) is held
    world.settles()
    assert world.client.heard[1:] == [(2, not held)]
    assert world.client.expected == 3


def test_a_reset_ends_what_was_under_way():
    quickfix = QuickFix(dict.fromkeys(range(1, 101), "8"), 101)
    quickfix.says("A")
    world = World(quickfix, 1)
    world.hears(1 << 16)
    world.asks(1, 0)
    world.works()
    world.hears(1 << 20)
    world.flow.forget()
    world.quickfix = QuickFix({}, 1)
    world.quickfix.says("A")
    world.requests.clear()
    world.client.expected = 1
    world.client.early.clear()
    world.quickfix.says("8")
    world.hears(1 << 16)
    assert world.client.heard[-2:] == [(1, False), (2, False)]
    assert not world.requests
    world.asks(1, 0)
    assert world.requests.popleft() == Span(1, 2)


def test_who_asks_for_what_is_not_there_is_asked_for_nothing():
    quickfix = QuickFix({}, 1)
    quickfix.says("A")
    world = World(quickfix, 2)
    world.asks(0, 0)
    world.asks(5, 0)
    world.hears(1 << 16)
    world.asks(2, 0)
    world.asks(7, 9)
    world.asks(9, 7)
    assert world.requests == deque([Span(1, 1)])


def test_when_quickfix_closes_he_is_given_what_has_no_gap_before_it():
    for asks in (False, True):
        quickfix = QuickFix({}, 1)
        quickfix.says("A")
        world = World(quickfix, 2)
        world.hears(1 << 16)
        if asks:
            world.asks(1, 0)
        world.flow.behind = True
        quickfix.says("5")
        world.hears(1 << 16)
        assert [head_of(one).number for one in Splitter().feed(world.flow.rest())] == ([] if asks else [2])


def test_a_gap_fill_keeps_its_other_fields():
    changed = gap_fill(message(5, "4", (36, b"9"), (123, b"Y"), again=True), 3, 12)
    [(begin, _), *rest, (_, trailer)] = [(tag, value) for tag, value in fields.split(changed) if tag != 9]
    assert begin == 8
    assert (trailer, head_of(changed), new_number(changed)) == (changed[-4:-1], (b"4", 3, True), 12)
    assert [tag for tag, _ in rest] == [35, 34, 43, 49, 56, 122, 36, 123]


def test_what_is_no_fix_is_refused():
    with pytest.raises(ValueError, match="no FIX"):
        Splitter().feed(b"x" * 30)


@given(st.lists(st.tuples(st.integers(1, 60), st.integers(0, 20))), st.integers(1, 10))
def test_spans_are_a_set_of_numbers_taken_from_below(added, most):
    spans, numbers = Spans(), set()
    for first, more in added:
        spans.add(first, first + more)
        numbers.update(range(first, first + more + 1))
    taken: list[int] = []
    while spans:
        assert spans.first == min(numbers - set(taken))
        first, last = spans.take(most)
        assert last - first < most
        taken += range(first, last + 1)
    assert taken == sorted(numbers)
