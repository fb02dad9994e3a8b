"""`make fuzz MESSAGES=1000000 ARGS="--seed 7"`: exit code 0 where the venue stood and nothing refused left a trace."""

import argparse
import sys
import tempfile
import time
from pathlib import Path

from scripts.fuzz.run import Outcome, fuzz


def main() -> int:
    """Run, print the table, return the exit code."""
    parser = argparse.ArgumentParser(prog="make fuzz")
    parser.add_argument("--messages", type=int, default=1_000_000)
    parser.add_argument("--seed", default=str(time.time_ns()))
    parser.add_argument("--directory", type=Path, help="where the venue keeps its data; a new one of its own")
    wish = parser.parse_args()
    directory = wish.directory or Path(tempfile.mkdtemp(prefix="kase_fuzz_"))
    begun = time.monotonic()
    outcome = fuzz(wish.messages, wish.seed, directory)
    print(told(outcome, wish.seed, time.monotonic() - begun))
    return 0 if outcome.good else 1


def told(outcome: Outcome, seed: str, seconds: float) -> str:
    """Return the table people read."""
    lines = [f"seed {seed}, {seconds:.0f} s", ""]
    lines += [f"{name:34} {value:>12,}" for name, value in outcome.numbers().items()]
    lines += ["", *(outcome.faults or ["the venue stood; what was refused has changed nothing"])]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
