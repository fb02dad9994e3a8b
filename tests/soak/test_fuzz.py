"""Some thousand mutated messages in both dialects: the venue stands, others trade on, nothing refused left a trace.

At length, and with another seed each time: `make fuzz MESSAGES=1000000`. `FUZZ_SEED` takes its seed over.
"""

import os
import time

import pytest

from kase_fix.scenario.wire import now_utc
from scripts.fuzz.__main__ import told
from scripts.fuzz.corpus import corpora
from scripts.fuzz.mutants import BYTES, SHARES, Mutator
from scripts.fuzz.run import LEAST_PAST_DICTIONARY, LEAST_PAST_DOOR, fuzz

MESSAGES = 10_000


def test_mutated_messages_harm_nobody(tmp_path):
    seed = os.environ.get("FUZZ_SEED", "the same each time")
    begun = time.monotonic()
    outcome = fuzz(MESSAGES, seed, tmp_path)
    table = told(outcome, seed, time.monotonic() - begun)
    assert outcome.good, table
    assert outcome.sent.total() >= MESSAGES - len(SHARES), table
    assert outcome.counted["past the doorman"] >= LEAST_PAST_DOOR * MESSAGES, table
    assert outcome.counted["past the dictionary"] >= LEAST_PAST_DICTIONARY * MESSAGES, table
    assert outcome.counted["commands refused"] > MESSAGES / 50, table
    assert outcome.counted["deals of the bystanders"] > 0, table


@pytest.mark.parametrize("dialect", ["FIX44", "NEXT"])
def test_the_corpus_has_what_the_stories_say(dialect):
    """Every type of message that a client may send is mutated, and the same seed makes the same mutants."""
    corpus = corpora()[dialect]
    kinds = {kind for kind, _ in corpus.messages}
    assert kinds >= {"D", "F", "G", "H", "V", "x", "c", "e", "g", "AN", "AD", "C"} - (
        {"G"} if dialect == "NEXT" else set()
    )
    assert len(corpus.messages) > 300
    moment = now_utc()
    one, same, other = (Mutator(corpus, "FIX.4.4", "FIRMA", seed) for seed in ("1", "1", "2"))
    frames = [one.make(number, moment) for number in range(200)]
    assert frames == [same.make(number, moment) for number in range(200)]
    assert frames != [other.make(number, moment) for number in range(200)]
    assert {mutant.kind for mutant in frames} == set(SHARES)
    assert all(mutant.counts == (mutant.kind != BYTES) for mutant in frames)
