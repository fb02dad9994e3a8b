"""`python -m scripts.soak --crashes 200`: what was survived, as a table; exit code 1 where something was lost."""

import argparse
import sys
import tempfile
import time
from pathlib import Path

from scripts.soak.checker import SHOWN
from scripts.soak.run import Outcome, Wish, soak

DAY_SPEED = 3000.0
"""Of so many crashes would the trading day be used up at real speed."""


def main() -> int:
    """Run and tell."""
    parser = argparse.ArgumentParser(prog="soak")
    parser.add_argument("--crashes", type=int, default=200)
    parser.add_argument("--seed", default="")
    parser.add_argument("--rate", type=float, default=40.0, help="requests a second of each member")
    parser.add_argument("--speed", type=float, default=0.0, help="of the rehearsal's clock; so that the day lasts")
    parser.add_argument("--minutes", type=float, default=0.0, help="of trade without a crash, to look at memory")
    parser.add_argument("--only", default="", help="nothing but crashes of this kind")
    parser.add_argument("--directory", type=Path, help="where books and journal are left; a temporary one")
    given = parser.parse_args()
    seed = given.seed or str(time.time_ns())
    directory = given.directory or Path(tempfile.mkdtemp(prefix="soak-"))
    begun = time.monotonic()
    speed = given.speed or min(60.0, DAY_SPEED / (given.crashes + 12 * given.minutes + 1))
    outcome = soak(Wish(given.crashes, seed, directory, given.rate, speed, given.only, given.minutes))
    print(told(outcome, seed, time.monotonic() - begun))
    print(f"left in {directory}")
    return 0 if outcome.good else 1


def told(outcome: Outcome, seed: str, seconds: float) -> str:
    """Return the table."""
    rows = [f"{kind:<26}{count:>6}" for kind, count in sorted(outcome.survived.items())]
    rows += [f"{kind + ' (not crossed)':<26}{count:>6}" for kind, count in sorted(outcome.missed.items())]
    counts = outcome.verdict.counts
    last = ("lost", "doubled")
    rows = ["crashes survived", *rows, f"{'all':<26}{sum(outcome.survived.values()):>6}", ""]
    rows += [f"{name:<26}{counts[name]:>6}" for name in [*(one for one in counts if one not in last), *last]]
    rows += ["", *outcome.held] if outcome.held else []
    rows += ["", f"the slowest answer took {outcome.slowest:.2f} s; {seconds:.0f} s in all; seed {seed}"]
    faults = [*outcome.faults, *outcome.verdict.faults]
    rows += [f"FAULT {fault}" for fault in faults[:SHOWN]]
    if len(faults) > SHOWN:
        rows.append(f"... and {len(faults) - SHOWN} more")
    return "\n".join(rows)


if __name__ == "__main__":
    sys.exit(main())
