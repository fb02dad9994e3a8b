"""ISIN (ISO 6166) and national number: what is none is refused where it is written, and no two have the same."""

from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from kase_fix.rulebook.files import ConfigurationError, load_market
from kase_fix.rulebook.identifiers import is_isin, is_nin

# Published by the exchange or, the last one, as an example of the standard.
ISINS = ("KZ1C00000744", "KZ0009094645", "KZ2C00005932", "KZKD00000931", "XS1120709669", "US0378331005")
NINS = ("KZ1C29950017", "KZP02Y10E820", "KZW1KM066382", "KZ2C0Y08E218")
LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@pytest.mark.parametrize("isin", ISINS)
def test_real_numbers_are_numbers(isin):
    assert is_isin(isin)


@pytest.mark.parametrize("nin", NINS)
def test_national_numbers(nin):
    assert is_nin(nin)


@pytest.mark.parametrize("text", ["KZ1C0000744", "kz1c00000744", "KZ1C00000744 ", "1Z1C00000744", "KZ1C0000074A", ""])
def test_what_has_not_the_form_is_no_isin(text):
    assert not is_isin(text)


@pytest.mark.parametrize("text", ["KZ1C2995001", "XS1C29950017", "KZ1I29950017", "KZ1O29950017", "KZ1c29950017", ""])
def test_what_has_not_the_form_is_no_national_number(text):
    assert not is_nin(text)


@given(st.sampled_from(ISINS), st.integers(0, 9))
def test_one_check_digit_of_ten_is_right(isin, digit):
    assert is_isin(isin[:-1] + str(digit)) == (str(digit) == isin[-1])


@given(st.sampled_from(ISINS), st.integers(2, 10), st.sampled_from("0123456789"))
def test_a_wrong_digit_is_seen(isin, place, digit):
    assume(isin[place].isdigit() and isin[place] != digit)
    assert not is_isin(isin[:place] + digit + isin[place + 1 :])


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        ("instruments.BRKLb1.isin", "KZ1C00000745", "check digit"),
        ("instruments.BRKLb1.isin", "BRKLb1", "two letters"),
        ("instruments.ARLN.isin", "KZ1C00000744", "another number than that of KZTO"),
        ("instruments.ARLN.nin", "KZ1C29950017", "another number than that of KZTO"),
        ("instruments.ARLN.nin", "KZ1C00000744", "another number than that of KZTO"),
        ("instruments.BRKLb1.nin", "BRKLb1", "a national number"),
        ("instruments.USDKZT_TOM.isin", "US0378331005", "none: only securities and futures"),
        ("instruments.R_GS_001.nin", "KZ0000000000", "none: only securities and futures"),
        ("groups.shares.instruments.isin", "US0378331005", "one of"),
    ],
)
def test_a_number_that_cannot_be_is_refused(cfg: Path, key, value, expected):
    """Contract: file, key, found, expected; of `--set` the command line."""
    with pytest.raises(ConfigurationError) as caught:
        load_market(cfg, {key: value})
    assert (caught.value.file, caught.value.key) == ("--set", key)
    assert expected in caught.value.expected


def test_of_two_with_one_number_the_later_is_blamed(cfg: Path):
    with pytest.raises(ConfigurationError, match=r"chapter_4\.toml: KZTO\.isin: .* than that of BRKLb1"):
        load_market(cfg, {"instruments.BRKLb1.isin": "KZ1C00000744"})


def test_the_rehearsals_numbers_are_those_of_real_shares(cfg: Path):
    """Only what the exchange published; all else is known by its symbol."""
    numbered = {one.symbol: (one.isin, one.nin) for one in load_market(cfg).instruments if one.isin or one.nin}
    assert numbered == {"KZTO": ("KZ1C00000744", "KZ1C29950017"), "KZTKp": ("KZ0009094645", "")}
