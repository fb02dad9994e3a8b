"""Market makers on the console (R-155 to R-158): the operator's words, and how liabilities are kept."""

import msgspec
import pytest
from console_venue import CONFIGURATION, NOON

from kase_fix.console.commands import read
from kase_fix.console.given import Wrong
from kase_fix.messages.day_events import ConfigurationApplied
from kase_fix.messages.making import Liability, MakerRelieved, RelieveMaker

LIABILITY = Liability(3, "FIRMA", "EURKZT_TOM", CONFIGURATION.boards[0].code, quantity=2000, share_hundredths=8000)


def meant(command, **arguments):
    return read({"command": command, **arguments}, NOON, lambda _: None)


def test_relief_and_its_end_are_the_maklers():
    relief = meant("relieve_maker", firm="FIRMA", symbol="EURKZT_TOM", reason="line")
    assert isinstance(relief, RelieveMaker)
    assert (relief.by.actor, relief.by.reason) == ("makler", "line")
    assert (relief.firm, relief.symbol, relief.on) == ("FIRMA", "EURKZT_TOM", True)
    assert not meant("oblige_maker", member="FIRMA", symbol="EURKZT_TOM").on
    with pytest.raises(Wrong):
        meant("relieve_maker", symbol="EURKZT_TOM")
    with pytest.raises(Wrong):
        meant("relieve_maker", firm="FIRMA")


async def test_how_liabilities_are_kept(pair):
    assert (await pair.client.get("/api/makers")).json()["makers"] == []
    market = msgspec.structs.replace(CONFIGURATION, makers=(LIABILITY,))
    pair.fake.happens((ConfigurationApplied(market),))
    said = (await pair.client.get("/api/makers")).json()
    (line,) = said["makers"]
    assert (line["number"], line["member"], line["symbol"], line["asked"]) == ("3", "FIRMA", "EURKZT_TOM", "80.00")
    assert line["now"] == "NO_BUY NO_SELL"
    assert [breach["kinds"] for breach in said["breaches"]] == ["NO_BUY NO_SELL"]
    pair.fake.happens((MakerRelieved("FIRMA", "EURKZT_TOM", True),))
    said = (await pair.client.get("/api/makers")).json()
    assert said["makers"][0]["now"] == "relieved"
    results = (await pair.client.get("/api/results")).json()
    assert (results["makers"], results["maker_breaches"]) == (said["makers"], said["breaches"])


async def test_the_page_shows_them(pair):
    page, script = (await pair.client.get("/")).text, (await pair.client.get("/console.js")).text
    assert 'id="makers"' in page
    assert 'ask("/api/makers")' in script
