"""A venue, those who attack it, and two who trade beside them and must notice nothing."""

import os
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from kase_fix.scenario.client import Client
from kase_fix.scenario.console import Console
from kase_fix.scenario.register import dialect_of
from kase_fix.scenario.venue import SIDE_BY_SIDE, Addresses, read_ready
from kase_fix.scenario.wire import now_utc
from scripts.fuzz.attacker import Attacker
from scripts.fuzz.corpus import corpora
from scripts.fuzz.mutants import Mutator
from scripts.fuzz.unchanged import compare

ATTACKERS = ("FIRMA", "FIRMC", "00100", "02001")
BYSTANDERS = ("FIRMB", "ROB01")
BEGIN_STRINGS = {"FIX44": "FIX.4.4", "NEXT": "FIXT.1.1"}
UNHURRIED = (
    "gateway.throttle.messages_per_second=1000000",
    "gateway.throttle.burst=1000000",
    "gateway.throttle.refused=1000000000",
    "gateway.door.lockout_first_seconds=0",
    "gateway.door.connections_per_second=1000",
    "gateway.api.tls_port=0",
    "gateway.md.tls_port=0",
)
LEAST_PAST_DOOR, LEAST_PAST_DICTIONARY = 0.5, 0.1
PATIENCE = 20.0
TOLD_SECONDS = 2.5
"""Longer than the doorman and the venue take to tell what they have counted."""


class Outcome:
    """What has come of it."""

    def __init__(self) -> None:
        self.sent: Counter[str] = Counter()
        self.heard: Counter[str] = Counter()
        self.counted: Counter[str] = Counter()
        self.faults: list[str] = []

    @property
    def good(self) -> bool:
        """Nothing is wrong."""
        return not self.faults

    def numbers(self) -> dict[str, int]:
        """Return all that was counted, each with its name."""
        sent = {f"mutants of {kind}": count for kind, count in sorted(self.sent.items())}
        heard = {f"answers 35={kind}": count for kind, count in sorted(self.heard.items())}
        return {"mutants": self.sent.total(), **sent, **heard, **self.counted}


def fuzz(messages: int, seed: str, directory: Path) -> Outcome:
    """Send so many mutants to a new venue in this directory."""
    outcome = Outcome()
    texts = corpora()
    with _venue(directory) as (process, found):
        attackers = []
        for user in ATTACKERS:
            begin = BEGIN_STRINGS[dialect_of(user)]
            mutator = Mutator(texts[dialect_of(user)], begin, user, seed)
            attackers.append(Attacker(user, begin, found.service("api"), mutator, messages // len(ATTACKERS)))
        bystanders = _Bystanders(found.service("api"))
        bystanders.start()
        for attacker in attackers:
            attacker.start()
        for attacker in attackers:
            attacker.join()
        bystanders.stop()
        for attacker in attackers:
            outcome.sent += attacker.sent
            outcome.heard += attacker.heard
            outcome.counted["sessions"] += attacker.sessions
            outcome.faults += [attacker.failed] if attacker.failed else []
        outcome.counted["deals of the bystanders"] = bystanders.deals
        outcome.faults += bystanders.faults
        if process.poll() is not None:
            outcome.faults.append(f"the venue ended with {process.returncode}")
            _write_down(attackers, directory)
            return outcome
        _look_at(found, outcome)
        process.send_signal(signal.SIGTERM)
        if process.wait(PATIENCE * 3):
            outcome.faults.append(f"the venue's end was {process.returncode}")
    count, refused, same = compare(directory / "data")
    outcome.counted["commands"], outcome.counted["commands refused"] = count, refused
    if not same:
        outcome.faults.append("without what was refused the state is another one")
    if b"Traceback" in (directory / "stderr").read_bytes():
        outcome.faults.append(f"a traceback is in {directory / 'stderr'}")
    return outcome


@contextmanager
def _venue(directory: Path) -> Iterator[tuple[subprocess.Popen[Any], Addresses]]:
    directory.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "kase_fix", "serve", "--rehearsal", "2020-05-27T11:31:00"]
    command += ["--data", str(directory / "data")]
    for setting in (*SIDE_BY_SIDE, *UNHURRIED):
        command += ["--set", setting]
    with (directory / "stderr").open("ab") as errors:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True, start_new_session=True)
        try:
            assert process.stdout is not None
            yield process, Addresses(read_ready(process.stdout.readline()))
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def _write_down(attackers: list[Attacker], directory: Path) -> None:
    """Keep what each had sent last: one of these frames may be what the venue did not survive."""
    for attacker in attackers:
        (directory / f"last_of_{attacker.name}").write_bytes(bytes(attacker.batch))


def _look_at(found: Addresses, outcome: Outcome) -> None:
    """Take the venue's own counts, and say what in them must not be."""
    assert found.console is not None
    before, metrics = None, _metrics(found.console)
    while before != metrics["kase_venue_door_messages_in"]:  # the doorman tells what it counted now and then
        before = metrics["kase_venue_door_messages_in"]
        time.sleep(TOLD_SECONDS)
        metrics = _metrics(found.console)
    sent = outcome.sent.total()
    past_door = metrics["kase_venue_door_messages_in"]
    past_dictionary = metrics["kase_venue_api_received"]
    outcome.counted["past the doorman"] = past_door
    outcome.counted["garbled for the doorman"] = metrics["kase_venue_door_garbled"]
    outcome.counted["past the dictionary"] = past_dictionary
    for name, value in metrics.items():
        if value and (name.endswith("_failures") or name in ("kase_console_commands_failed", "kase_venue_halted")):
            outcome.faults.append(f"{name} is {value}")
    if past_door < LEAST_PAST_DOOR * sent or past_dictionary < LEAST_PAST_DICTIONARY * sent:
        outcome.faults.append(
            f"of {sent} only {past_door} were past the doorman, {past_dictionary} past the dictionary"
        )


def _metrics(console: Console) -> dict[str, int]:
    with urllib.request.urlopen(f"{console.url}/metrics", timeout=PATIENCE) as answer:
        lines = [line.rsplit(" ", 1) for line in answer.read().decode().splitlines() if not line.startswith("#")]
    return {name: int(float(value)) for name, value in lines}


class _Bystanders(threading.Thread):
    """Two who deal with each other all the time."""

    def __init__(self, address: tuple[str, int]) -> None:
        super().__init__(daemon=True)
        self.deals = 0
        self.faults: list[str] = []
        self._clients = [Client(user, dialect_of(user)) for user in BYSTANDERS]
        self._over = threading.Event()
        for client in self._clients:
            client.logon(address)
            if not client.wait(lambda client=client: client.logged_on, PATIENCE):  # type: ignore[misc]
                self.faults.append(f"{client.user} was not let in")

    def run(self) -> None:
        """Deal until `stop`, ten times a second."""
        while not self._over.wait(0.1) and not self.faults:
            for client, side in zip(self._clients, ("1", "2"), strict=True):
                name = f"{client.user}{self.deals}"
                body = [(11, name), (1, f"F_{client.user}_0000"), (55, "RUBKZT_TOM"), (54, side), (38, "50000")]
                client.send("D", [*body, (40, "2"), (44, "5.7500"), (59, "0"), (60, now_utc())])
                begun = time.monotonic()
                if not client.wait(lambda client=client, name=name: _answered(client, name), PATIENCE):  # type: ignore[misc]
                    self.faults.append(f"{client.user} was not answered for {time.monotonic() - begun:.0f} s")
                    return
                client.take_all()
            self.deals += 1

    def stop(self) -> None:
        """Deal no more."""
        self._over.set()
        self.join(PATIENCE)


def _answered(client: Client, name: str) -> bool:
    return any(one.message.kind == "8" and one.message.get(11) == name for one in client.inbox)
