"""Drives `member.js`: says texts of messages, hears what it heard, counts what crossed."""

import json
import os
import shutil
import subprocess
import sys
import threading
from collections import Counter
from pathlib import Path

from kase_fix.scenario.register import dialect_of
from tests.system.floor import PATIENCE
from tests.system.jspurefix.dictionary import Nesting, write

LIBRARY = Path(sys.prefix) / "jspurefix" / "node_modules"
"""Where `scripts/install_foreign` puts it."""
NODE = shutil.which("node")
IS_THERE = NODE is not None and (LIBRARY / "jspurefix").is_dir()
BEGIN_STRINGS = {"FIX44": "FIX.4.4", "NEXT": "FIXT.1.1"}


class JsMember:
    """A member whose client is jspurefix: its session, its codec, its checks by the published dictionary."""

    def __init__(self, user: str, address: tuple[str, int], directory: Path, target: str = "KASE") -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self.user = user
        self.crossed: Counter[str] = Counter()
        self.complaints: list[str] = []
        """What its own log has of warnings and errors."""
        self.ended: str | None = None
        self._heard: list[str] = []
        self._on = False
        self._changed = threading.Condition()
        dialect = dialect_of(user)
        dictionary = write(dialect, directory)
        self._nesting = Nesting(dictionary)
        script = Path(__file__).parent / "member.js"
        self._process = subprocess.Popen(
            [NODE, script, user, target, *map(str, address), BEGIN_STRINGS[dialect], dictionary],
            env=os.environ | {"NODE_PATH": str(LIBRARY)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            bufsize=1,
        )
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        for line in self._process.stdout:
            told = json.loads(line)
            with self._changed:
                if "in" in told:
                    self.crossed[f"< {told['in']}"] += 1
                    self._heard.append(told["text"])
                elif "out" in told:
                    self.crossed[f"> {told['out']}"] += 1
                elif "log" in told:
                    self.complaints.append(told["log"])
                self._on = self._on or "on" in told
                self.ended = told.get("ended", self.ended)
                self._changed.notify_all()

    def logs_on(self) -> "JsMember":
        with self._changed:
            assert self._changed.wait_for(lambda: self._on, 4 * PATIENCE), f"{self.user} is not in: {self._heard}"
        return self

    def says(self, text: str) -> None:
        """Send "35=D|11=...|": header and trailer are jspurefix's."""
        kind, fields = self._nesting.object_of(text)
        self._process.stdin.write(json.dumps({"kind": kind, "fields": fields}) + "\n")
        self._process.stdin.flush()

    def takes(self, *pieces: str) -> dict[int, str]:
        """Wait for the first message with all these pieces ("35=8", "150=F"); take it, return its fields."""

        def place() -> int | None:
            texts = enumerate(self._heard)
            return next((at for at, text in texts if all(f"\x01{piece}\x01" in text for piece in pieces)), None)

        with self._changed:
            self._changed.wait_for(lambda: place() is not None or self.ended is not None, PATIENCE)
            at = place()
            assert at is not None, f"{self.user} did not hear {pieces}: {self._heard[-20:]} (ended: {self.ended})"
            return _fields_of(self._heard.pop(at))

    def leaves(self) -> None:
        """Log out and wait for the Logout that answers."""
        self._process.stdin.write('{"end": true}\n')
        self._process.stdin.flush()
        with self._changed:
            self._changed.wait_for(lambda: self.ended is not None, PATIENCE)
        self._process.stdin.close()
        try:
            self._process.wait(PATIENCE)
        finally:
            self._process.kill()
            self._process.wait()


def _fields_of(text: str) -> dict[int, str]:
    """Return the first value of each tag."""
    fields: dict[int, str] = {}
    for pair in text.strip("\x01").split("\x01"):
        tag, _, value = pair.partition("=")
        if tag.isdecimal():  # it shows a text in Russian by seven bits a byte, and some of these are separators
            fields.setdefault(int(tag), value)
    return fields
