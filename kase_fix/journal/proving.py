"""The running hash over events, made live and held against on every replay (architecture, law 7)."""

import hashlib
import zlib

from kase_fix.journal.record import Proof


class Prover:
    """Collects the proof of the commands applied; the next group carries it."""

    def __init__(self, upto: int = 0, running: bytes = bytes(16), checks: bytes = b"") -> None:
        """Begin, or go on after command `upto` with the running hash and the checks of the last commands before it."""
        self.upto = upto
        self.running = running
        self._checks = bytearray(checks)
        self._state_number = 0
        self._state = b""

    def applied(self, number: int, events: bytes) -> None:
        """Take a command's events, encoded, into the running hash."""
        self.running = hashlib.blake2b(self.running + events, digest_size=16).digest()
        self._checks += zlib.crc32(events).to_bytes(4, "big")
        self.upto = number

    def checks_after(self, number: int) -> bytes:
        """Return the checks of the commands after `number`, four bytes each; they were not given away yet."""
        return bytes(self._checks[len(self._checks) - 4 * (self.upto - number) :])

    def skip(self, proven: int) -> None:
        """Leave out of the next proof the commands up to `proven`: the journal has their proof already."""
        unproven = self.upto - proven
        del self._checks[: len(self._checks) - 4 * unproven]

    def state(self, number: int, state: bytes) -> None:
        """Take a state hash in, of the state after command `number`."""
        self._state_number, self._state = number, state

    def proof(self) -> Proof | None:
        """Return the proof of all applied since the last one was taken; None where nothing was."""
        if not self._checks and not self._state:
            return None
        proof = Proof(self.upto, self.running, bytes(self._checks), self._state_number, self._state)
        self._checks.clear()
        self._state_number, self._state = 0, b""
        return proof


class Difference(Exception):
    """A replay brought about something else than the live engine did; `number` is the first such command."""

    def __init__(self, number: int, text: str) -> None:
        super().__init__(text)
        self.number = number


class Witness:
    """Follows a replay and compares it with the journal's own proofs."""

    def __init__(self, begin: int = 0, proven: int = 0, running: bytes = bytes(16), checks: bytes = b"") -> None:
        """Begin after command `begin`, at this running hash; `checks` are those of the commands behind `proven`."""
        self.running = running
        self.proven = proven
        """Number of the last command that a proof has confirmed."""
        self.states = 0
        """How many state hashes were compared."""
        self._begin = begin
        self._checks = list(enumerate(_numbers(checks), proven + 1))
        self._states: dict[int, bytes] = {}

    def applied(self, number: int, events: bytes) -> None:
        """Take the events that the replay brought about."""
        self.running = hashlib.blake2b(self.running + events, digest_size=16).digest()
        self._checks.append((number, zlib.crc32(events)))

    def state(self, number: int, state: bytes) -> None:
        """Take the state hash that the replay has after command `number`."""
        self._states = {number: state}

    def compare(self, proof: Proof) -> None:
        """Hold the replay against a proof. Raises `Difference`, naming the first command that differs."""
        if proof.upto < self._begin:
            return  # of commands that this replay did not see
        told = _numbers(proof.checks)
        first = proof.upto - len(told) + 1
        for number, check in self._checks:
            if first <= number <= proof.upto and check != told[number - first]:
                raise Difference(number, f"command {number} brings about other events than it did live")
        if self.running != proof.running:
            raise Difference(proof.upto, f"the events up to command {proof.upto} are not those of the live engine")
        self._checks.clear()
        self.proven = proof.upto
        here = self._states.get(proof.state_number)
        if proof.state and here is not None:
            self.states += 1
            if here != proof.state:
                raise Difference(proof.state_number, f"the state after command {proof.state_number} differs")


def _numbers(checks: bytes) -> list[int]:
    return [int.from_bytes(checks[i : i + 4], "big") for i in range(0, len(checks), 4)]
