"""A thousand messages given again on request, groups intact, while others are answered: `scripts.soak.away`."""

import asyncio

from scripts.soak.away import measure

MESSAGES = 1000


def test_a_thousand_messages_are_given_again_while_others_are_answered(tmp_path):
    result = asyncio.run(measure(tmp_path, MESSAGES))
    assert (result.told, result.again) == (MESSAGES, MESSAGES)
    assert result.answers > 3
