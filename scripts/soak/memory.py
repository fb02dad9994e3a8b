"""What the venue's processes hold, sampled while it works: memory, descriptors, threads, and how they grow.

The rule of what is flat: over the second half of a stretch, by least squares, no process grows faster than what it has
to know of each request (`A_REQUEST`) allows, and not at all by descriptors or threads beyond `SPARE`; while nobody
trades it does not grow. A resident size is a blunt measure: what is below `NOISE` is none, and a stretch is not judged
that is shorter than `ENOUGH_SECONDS`.
"""

from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from scripts.soak.venue import Venue

MEGABYTE = 1024.0
A_REQUEST = {"venue": 400.0, "md": 250.0, "console": 250.0}
"""Bytes: names, places of orders and deals, QuickFIX's index of messages sent; deals of the day for charts."""
NOISE = 0.5
"""Megabytes a minute."""
SPARE = 4
ENOUGH_SECONDS = 300.0


class Sample(NamedTuple):
    """One process at one moment."""

    seconds: float
    megabytes: float
    descriptors: int
    threads: int


class Watch:
    """Follows the venue and its children through one stretch."""

    def __init__(self, venue: Venue) -> None:
        self._processes = {"venue": venue.pid, **venue.children()}
        self._samples: dict[str, list[Sample]] = {name: [] for name in self._processes}

    def look(self, seconds: float) -> None:
        """Take a sample of each."""
        for name, process in self._processes.items():
            with suppress(OSError):
                self._samples[name].append(_sample(Path(f"/proc/{process}"), seconds))

    def told(self, requests: float) -> list[str]:
        """Return a line for each, with the slope over the second half; `requests` a second were answered."""
        rows = [
            f"{'':<12}{'MB first':>10}{'MB last':>9}{'MB/min':>8}{'B/request':>11}{'descriptors':>13}{'threads':>9}"
            "  flat"
        ]
        for name, samples in self._samples.items():
            slope = _slope(samples[len(samples) // 2 :])
            first, last = samples[0], samples[-1]
            each = f"{slope * MEGABYTE * MEGABYTE / requests:>11.0f}" if requests else f"{'':>11}"
            rows.append(
                f"{name:<12}{first.megabytes:>10.1f}{last.megabytes:>9.1f}{slope * 60:>8.2f}{each}"
                f"{first.descriptors:>8} -> {last.descriptors}{first.threads:>6} -> {last.threads}"
                f"  {self._judged(name, requests)}"
            )
        return rows

    def grown(self, requests: float) -> list[str]:
        """Return the processes that are not flat, each with what has grown."""
        judged = ((name, self._judged(name, requests)) for name in self._samples)
        return [f"{name} is not flat: {words}" for name, words in judged if words.startswith("no")]

    def _judged(self, name: str, requests: float) -> str:
        samples = self._samples[name]
        if samples[-1].seconds - samples[0].seconds < ENOUGH_SECONDS:
            return "too short to tell"
        middle, last = samples[len(samples) // 2], samples[-1]
        slope = _slope(samples[len(samples) // 2 :]) * 60
        allowed = NOISE + A_REQUEST.get(name, 0.0) * requests * 60 / MEGABYTE / MEGABYTE
        if slope > allowed:
            return f"no: {slope:.2f} MB/min, {allowed:.2f} are allowed"
        for what, before, now in (
            ("descriptors", middle.descriptors, last.descriptors),
            ("threads", middle.threads, last.threads),
        ):
            if now > before + SPARE:
                return f"no: {now - before} {what} more"
        return "yes"


def _sample(process: Path, seconds: float) -> Sample:
    fields = dict(line.split(":", 1) for line in (process / "status").read_text().splitlines())
    resident = float(fields["VmRSS"].split()[0]) / MEGABYTE
    return Sample(seconds, resident, len(list((process / "fd").iterdir())), int(fields["Threads"]))


def _slope(samples: list[Sample]) -> float:
    """Return megabytes a second, by least squares."""
    count = len(samples)
    if count < 2:
        return 0.0
    middle = sum(sample.seconds for sample in samples) / count
    level = sum(sample.megabytes for sample in samples) / count
    spread = sum((sample.seconds - middle) ** 2 for sample in samples)
    return sum((sample.seconds - middle) * (sample.megabytes - level) for sample in samples) / spread
