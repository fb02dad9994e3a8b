"""Plays a story: each line is done, or fails with all that can be said about it."""

import time
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any

import msgspec

from kase_fix.scenario.client import Client, Inbound, LineDown
from kase_fix.scenario.compare import Comparison, compare
from kase_fix.scenario.console import ConsoleRefused
from kase_fix.scenario.dictionary import Dictionary, dictionary_of
from kase_fix.scenario.exchange import Exchange
from kase_fix.scenario.failure import StoryFailure, not_found, one_line, tables
from kase_fix.scenario.fields import raw_bytes
from kase_fix.scenario.sending import NO_LAYOUT, body_of, left_out
from kase_fix.scenario.story import (
    Action,
    Actor,
    ChangeMember,
    CheckBook,
    CheckDeals,
    CheckLetters,
    Drop,
    EndVenue,
    Expect,
    ExpectClosed,
    ExpectNothing,
    Logon,
    Logout,
    MoveClock,
    OpenVenue,
    Operator,
    Raw,
    Send,
    Story,
)
from kase_fix.scenario.venue import Addresses, Starter, VenueFailed
from kase_fix.scenario.wire import now_utc, tree

PATIENCE = 1.0
PATIENCE_AT_THE_END = 5.0
ON_A_BUSY_MACHINE = 10.0
"""So many seconds more where a story names no patience: its verdict is on the venue, not on the machine."""
LONGEST = PATIENCE_AT_THE_END + ON_A_BUSY_MACHINE
TRANSACT_TIME = 60
LOGOUT = "5"


class NotAsTold(Exception):
    """What a step expected did not happen."""


def play(story: Story, starter: Starter, against: Addresses | None = None, then: Story | None = None) -> None:
    """Play the story to its end; meanwhile the venue of the one that comes `then` may start. Raises `StoryFailure`."""
    exchange = Exchange(starter, against)
    player = _Player(exchange)
    failed = True
    try:
        for step in story.steps:
            try:
                player.do(step.action)
                if isinstance(step.action, OpenVenue) and then is not None and against is None:
                    starter.prepare(then.opening)
            except (NotAsTold, LineDown, ConsoleRefused, VenueFailed, OSError) as error:
                text = str(error) if str(error).startswith("  ") else f"  {error}"
                if not isinstance(error, VenueFailed) and (words := exchange.last_words()):
                    text += f"\n  the venue's log ends with:\n{words}"
                raise StoryFailure(story.path, step, text, "; ".join(story.clauses)) from None
        failed = False
    finally:
        exchange.end(keep=failed)


class _Player:
    def __init__(self, exchange: Exchange) -> None:
        self.exchange = exchange
        self.known: dict[str, str] = {}
        self.doing: dict[type[Any], Callable[[Any], None]] = {
            OpenVenue: exchange.open,
            Logon: self.logon,
            Logout: self.logout,
            Drop: lambda action: self.client(action.actor).drop(),
            Raw: self.raw,
            Send: self.send,
            Expect: self.expect,
            ExpectNothing: self.expect_nothing,
            ExpectClosed: self.expect_closed,
            MoveClock: lambda action: exchange.move_clock(action.to, action.date, action.by),
            EndVenue: lambda action: exchange.start_again(kill=action.kill),
            CheckBook: self.check_book,
            CheckDeals: self.check_deals,
            CheckLetters: self.check_letters,
            Operator: self.operator,
            ChangeMember: self.change_member,
        }

    def do(self, action: Action) -> None:
        self.doing[type(action)](action)

    def client(self, actor: Actor) -> Client:
        return self.exchange.client(actor)

    def dictionary(self, actor: Actor) -> Dictionary:
        return dictionary_of(self.client(actor).session.dialect)

    def logon(self, action: Logon) -> None:
        client = self.client(action.actor)
        self.exchange.speaks(client)
        client.inbox = [one for one in client.inbox if not one.message.administrative]
        overrides: dict[int, str | None] = dict(body_of(action.fields, NO_LAYOUT, self.known))
        overrides |= dict.fromkeys(left_out(action.fields))
        client.logon(self.exchange.addresses.service(action.actor.service), overrides)
        client.wait(lambda: client.logged_on or not client.connected or client.holds(LOGOUT), LONGEST)
        self.exchange.answered(client)
        if not client.logged_on and not action.refusal_expected:
            dictionary = self.dictionary(action.actor)
            said = [f"    {one_line(one.message, dictionary)}" for one in client.inbox]
            raise NotAsTold("\n".join([f"  {action.actor} was not let in ({client.state()})", *said]))

    def logout(self, action: Logout) -> None:
        client = self.client(action.actor)
        self.exchange.heard()
        if not client.logout(body_of(action.fields, NO_LAYOUT, self.known), LONGEST):
            raise NotAsTold("  the Logout was not answered")

    def raw(self, action: Raw) -> None:
        client = self.client(action.actor)
        self.exchange.speaks(client)
        if not client.connected:
            client.connect(self.exchange.addresses.service(action.actor.service))
        client.send_raw(raw_bytes(action.text, now_utc()))

    def send(self, action: Send) -> None:
        client = self.client(action.actor)
        self.exchange.speaks(client)
        layout = self.dictionary(action.actor).layout(action.kind)
        fields = body_of(action.fields, layout, self.known)
        if TRANSACT_TIME in layout.order and all(tag != TRANSACT_TIME for tag, _ in action.fields):
            fields.append((TRANSACT_TIME, now_utc()))
        client.send(action.kind, fields, left_out(action.fields))

    def expect(self, action: Expect) -> None:
        client = self.client(action.actor)
        patience = action.within or (PATIENCE_AT_THE_END if action.kind == LOGOUT else PATIENCE)
        found = False

        def look() -> bool:
            nonlocal found
            found = found or self._take(client, action)
            return found or not client.connected

        client.wait(look, patience)
        if not found and action.within is None and client.logged_on:
            client.wait(look, ON_A_BUSY_MACHINE)
        if not found and action.within is None and client.logged_on and self.exchange.settle():
            # the patience of a busy machine must not decide: once all is applied and delivered, look a last time
            client.round_trip()
            client.wait(look, 0.0)
        if found:
            self.exchange.answered(client)
            return
        raise NotAsTold(self._not_found(client, action))

    def _take(self, client: Client, action: Expect) -> bool:
        """Take the first message that is as expected; `?names` take on what it holds."""
        for inbound in client.inbox:
            if inbound.taken or inbound.message.kind != action.kind:
                continue
            comparison = self._compare(action, inbound)
            if not comparison.differences:
                inbound.taken = True
                self.known |= comparison.captured
                return True
        return False

    def _compare(self, action: Expect, inbound: Inbound) -> Comparison:
        dictionary = self.dictionary(action.actor)
        entry = tree(inbound.message, dictionary)
        return compare(action.fields, entry, dictionary, self.known, exactly=action.exactly)

    def _not_found(self, client: Client, action: Expect) -> str:
        dictionary = self.dictionary(action.actor)
        left = [one for one in client.inbox if not one.taken]
        same = [(self._compare(action, one), one.message) for one in left if one.message.kind == action.kind]
        same.sort(key=lambda pair: (not pair[0].same_order, pair[0].differences))
        others = [one.message for one in left if one.message.kind != action.kind]
        return not_found(dictionary.title(action.kind), same, others, dictionary, client.state())

    def expect_nothing(self, action: ExpectNothing) -> None:
        client = self.client(action.actor)
        self.exchange.silence(client, action.within)
        with client.changed:
            last = max((place for place, one in enumerate(client.inbox) if one.taken), default=-1)
            loud = [one.message for one in client.inbox[last + 1 :] if one.noticed]
        if loud:
            dictionary = self.dictionary(action.actor)
            raise NotAsTold(
                "\n".join(
                    ["  silence was expected, but there came:", *(f"    {one_line(m, dictionary)}" for m in loud)]
                )
            )

    def expect_closed(self, action: ExpectClosed) -> None:
        client = self.client(action.actor)
        if not client.wait(lambda: not client.connected, action.within or LONGEST):
            raise NotAsTold("  the line is still open")

    def check_book(self, action: CheckBook) -> None:
        def levels() -> list[str]:
            book = self.exchange.console.book(action.symbol)
            found = {_number(level["price"]): ["", level["price"], ""] for level in [*book["bids"], *book["asks"]]}
            for side, column in (("bids", 0), ("asks", 2)):
                for level in book[side]:
                    found[_number(level["price"])][column] = str(level["quantity"])
            return [" | ".join(found[price]) for price in sorted(found, reverse=True)]

        rows = sorted(action.rows, key=lambda row: _number(row[1]), reverse=True)
        self._check_table([" | ".join(row) for row in rows], levels)

    def check_deals(self, action: CheckDeals) -> None:
        columns = ("price", "quantity", "method")[: max((len(row) for row in action.rows), default=2)]

        def deals() -> list[str]:
            done = self.exchange.console.deals(action.symbol)
            stands = [deal for deal in done if not deal.get("cancelled")]
            return [" | ".join(str(deal[column]) for column in columns) for deal in stands]

        self._check_table([" | ".join(row) for row in action.rows], deals)

    def check_letters(self, action: CheckLetters) -> None:
        def letters() -> list[str]:
            received = self.exchange.console.letters()
            return [f"{one['user']} | {one['subject']} | {' / '.join(one['text'].splitlines())}" for one in received]

        self._check_table([" | ".join(row) for row in action.rows], letters)

    def _check_table(self, expected: list[str], read: Callable[[], list[str]]) -> None:
        """Compare at once behind a barrier; where there is none, as long as patience lasts."""
        end = time.monotonic() + (0.0 if self.exchange.settle() else PATIENCE)
        received = read()
        while received != expected and time.monotonic() < end:
            time.sleep(0.05)
            received = read()
        if received != expected:
            raise NotAsTold(tables(expected, received))

    def operator(self, action: Operator) -> None:
        self.exchange.heard()
        arguments = {name: self._captured(value) for name, value in action.arguments}
        try:
            self.exchange.console.post("/api/operator", {"command": action.command, **arguments})
        except ConsoleRefused as refusal:
            if not action.refused or not 400 <= refusal.status < 500:
                raise
            if action.words not in str(refusal):
                raise NotAsTold(f"  the refusal was to say {action.words!r}, it says: {refusal}") from None
            return
        if action.refused:
            raise NotAsTold("  the command was carried out, a refusal was expected")

    def change_member(self, action: ChangeMember) -> None:
        self.exchange.heard()
        self.exchange.console.post("/api/members", msgspec.structs.asdict(action))

    def _captured(self, value: str) -> str:
        """Return what `?name` has captured; any other text as it is."""
        if not value.startswith("?"):
            return value
        if value[1:] not in self.known:
            raise NotAsTold(f"  {value} has captured nothing")
        return self.known[value[1:]]


def _number(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        raise NotAsTold(f"  {text!r} is no price") from None
