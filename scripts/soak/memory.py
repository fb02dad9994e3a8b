"""What the venue's processes hold, sampled while it works: memory, descriptors, threads, and how they grow."""

from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from scripts.soak.venue import Venue

MEGABYTE = 1024.0


class Sample(NamedTuple):
    """One process at one moment."""

    seconds: float
    megabytes: float
    descriptors: int
    threads: int


class Watch:
    """Follows the venue, its doorman and its console."""

    def __init__(self, venue: Venue) -> None:
        self._processes = {"venue": venue.pid, "doorman": venue.child("doorman"), "console": venue.child("console")}
        self._samples: dict[str, list[Sample]] = {name: [] for name in self._processes}

    def look(self, seconds: float) -> None:
        """Take a sample of each."""
        for name, process in self._processes.items():
            with suppress(OSError):
                self._samples[name].append(_sample(Path(f"/proc/{process}"), seconds))

    def told(self, requests: float) -> list[str]:
        """Return a line for each, with the slope over the second half; `requests` a second were answered."""
        rows = [
            f"{'':<10}{'MB first':>10}{'MB last':>9}{'MB/min':>8}{'B/request':>11}{'descriptors':>13}{'threads':>9}"
        ]
        for name, samples in self._samples.items():
            slope = _slope(samples[len(samples) // 2 :])
            first, last = samples[0], samples[-1]
            each = slope * MEGABYTE * MEGABYTE / requests if requests else 0.0
            rows.append(
                f"{name:<10}{first.megabytes:>10.1f}{last.megabytes:>9.1f}{slope * 60:>8.2f}{each:>11.0f}"
                f"{first.descriptors:>8} -> {last.descriptors}{first.threads:>6} -> {last.threads}"
            )
        return rows


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
