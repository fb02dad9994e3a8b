#!/usr/bin/env python3
"""Makes cfg/instruments/*.toml, the rehearsal's instruments of chapters 2-9 but the currencies, from the tables here.

All securities are inventions but those whose code a document of the exchange names, and of these the terms of debt are
inventions too: only shares, which have no terms here, can have the number of the real ones. What a group's instruments
have in common stands in cfg/groups.toml. Run it without arguments; a test holds the checked-in files to what it makes.
"""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

Terms = dict[str, object]
Entries = dict[str, Terms]
TARGET = Path(__file__).parent.parent / "cfg" / "instruments"

# --- chapter 2: swaps (art. 15) ---------------------------------------------------------------------------------------

NEAR, FAR = ("001", "002"), ("01W", "01M", "03M", "06M", "01Y")
SWAPS = {"USD": (NEAR + FAR, "7.5000"), "EUR": (NEAR, "9.2500"), "RUB": (NEAR, "3.7500"), "CNY": (NEAR, "7.0000")}
"""Currency: terms, yield of the last deal."""
BOTH_SESSIONS = ("USDKZT_0_001", "USDKZT_1_002")
"""What the additional session knows (art. 15 p. 1-1)."""


def swaps() -> Entries:
    """Every first leg with every second (art. 15 p. 1, 2, 4, 6)."""
    made: Entries = {}
    for currency, (terms, last) in SWAPS.items():
        for place, first in enumerate(("TOD", "TOM")):
            for term in terms:
                symbol = f"{currency}KZT_{place}_{term}"
                made[symbol] = {
                    "group": f"swap_{currency.lower()}",
                    "first_leg": first,
                    "term": term,
                    "last_deal": last,
                }
                if symbol in BOTH_SESSIONS:
                    made[symbol]["more_boards"] = ["SWAP_USD_ADD"]
    return made


# --- debt: a family is a pattern of codes, and what runs through it ---------------------------------------------------
#
# group | code with a place for the number | first number | how many | years | coupon, % | price | what is special
#
# Special words: "floating 3" (known 3 working days before), "indexed", "amortised", "capitalised", "other", "discount",
# "a/a" (actual/actual), "a/365", "a/360", "x4" (coupons a year), a date (of the first issue), "odd" (no whole number of
# periods), "moving" (coupon dates), "perpetual", "T+2", "EUR", "clean" and "dirty" (a decision of the Board member).

GOVERNMENT = """
eurobonds     | KZ_24_{:04}   | 2410 | 1  | 10 | 3.875 | 104.2500 | 2014-10-14
eurobonds     | KZ_{}         | 2507 | 10 | 10 | 4.875 | 108.0000 |
eurobonds     | KZ_E{}        | 2309 | 4  | 7  | 1.550 | 101.0000 | EUR a/a x1
gov           | MKM012_{:04}  | 150  | 15 | 1  |       | 92.5000  | discount a/365
gov           | MOM036_{:04}  | 78   | 12 | 3  | 8.95  | 99.8000  |
gov           | MOM060_{:04}  | 50   | 14 | 5  | 9.30  | 98.4000  | T+2
gov           | MUM084_{:04}  | 17   | 12 | 7  | 9.50  | 97.2500  | a/a
gov           | MUM120_{:04}  | 19   | 24 | 10 | 10.10 | 101.5000 | T+2
gov           | MUM180_{:04}  | 14   | 24 | 15 | 6.50  | 100.0000 |
gov           | MUM240_{:04}  | 1    | 12 | 20 | 9.60  | 103.7500 |
gov           | MUX120_{:04}  | 1    | 6  | 10 | 5.00  | 96.0000  | floating 5
gov           | MUX084_{:04}  | 1    | 2  | 7  | 5.00  | 960.0000 | floating 0
gov           | MUJ108_{:04}  | 5    | 12 | 9  | 0.10  | 1810.5000| indexed
gov_notes     | NTK028_{:04}  | 2545 | 24 | 0  |       | 99.2800  |
gov_notes     | NTK182_{:04}  | 2530 | 12 | 0  |       | 95.4000  |
gov_municipal | AST024_{:04}  | 1    | 8  | 2  | 4.25  | 99.0000  |
gov_municipal | ALM036_{:04}  | 1    | 8  | 3  | 4.25  | 98.5000  | a/a
gov_municipal | SHY060_{:04}  | 1    | 6  | 5  | 4.25  | 970.0000 | amortised
gov_municipal | OBL084_{:04}  | 1    | 4  | 7  | 0.50  | 1210.0000| indexed x1
"""
CORPORATE = """
bonds         | BRKLb{}       | 1    | 1  | 8  | 8.50  | 98.7500  |
bonds         | BRKLb{}       | 2    | 14 | 7  | 8.95  | 97.6000  |
bonds         | KZIKb{}       | 26   | 1  | 10 | 4.00  | 1340.2500| indexed
bonds         | KZIKb{}       | 27   | 5  | 10 | 10.50 | 101.0000 |
bonds         | ARLNb{}       | 1    | 14 | 5  | 11.00 | 100.5000 | a/a x4
bonds         | BATYb{}       | 1    | 9  | 6  | 9.75  | 99.1000  | floating 2
bonds         | CASPb{}       | 1    | 6  | 6  | 9.75  | 985.0000 | floating 1
bonds         | DALAb{}       | 1    | 7  | 10 | 5.50  | 1105.7500| indexed x1
bonds         | ESILb{}       | 1    | 6  | 8  | 10.00 | 812.0000 | amortised x4
bonds         | FARAb{}       | 1    | 4  | 12 | 12.00 | 1430.0000| capitalised
bonds         | GULDb{}       | 1    | 5  | 2  |       | 88.4000  | discount a/365
bonds         | HANTb{}       | 1    | 6  | 7  | 9.20  | 1012.5000| a/365
bonds         | ILEKb{}       | 1    | 4  | 7  | 9.20  | 1008.0000| a/360 x12
bonds         | JETYb{}       | 1    | 5  | 5  | 8.80  | 1003.0000| odd
bonds         | KOKTb{}       | 1    | 3  | 5  | 8.80  | 995.0000 | moving
bonds         | LASHb{}       | 1    | 3  | 5  | 9.90  | 940.0000 | perpetual
bonds         | MEDEb{}       | 1    | 4  | 9  | 10.25 | 1050.0000| other
bonds         | NURAb{}       | 1    | 4  | 7  | 9.20  | 99.6000  | a/365 clean
bonds         | ORDAb{}       | 1    | 3  | 8  | 10.00 | 790.0000 | amortised dirty
bonds         | PAVLb{}       | 1    | 14 | 10 | 11.50 | 102.3000 | x1
bonds_usd     | BRKLe{}       | 1    | 1  | 10 | 4.125 | 102.5000 |
bonds_usd     | BRKLe{}       | 2    | 4  | 7  | 5.125 | 104.0000 |
bonds_usd     | SARYe{}       | 1    | 6  | 5  | 6.250 | 103.2500 | a/a
bonds_usd     | TENGe{}       | 1    | 3  | 5  | 5.500 | 1020.0000| floating 0 a/360 x4
bonds_unlisted| UNLSb{}       | 1    | 1  | 5  | 13.00 | 97.0000  |
bonds_unlisted| UNLSb{}       | 2    | 9  | 5  | 13.00 | 96.5000  |
bonds_unlisted| VOSTb{}       | 1    | 6  | 6  | 12.00 | 905.0000 | amortised
bonds_unlisted| ZHARb{}       | 1    | 5  | 7  | 6.00  | 1160.0000| indexed
bonds_unlisted| YRYSb{}       | 1    | 4  | 1  |       | 90.7500  | discount a/365
"""
INTERNATIONAL = """
ifi           | EABRb{}       | 15   | 1  | 7  | 9.10  | 99.9500  |
ifi           | EABRb{}       | 16   | 9  | 7  | 9.10  | 100.2000 |
ifi           | IFIAb{}       | 1    | 6  | 3  | 8.30  | 99.4000  | a/a
ifi           | IFIBb{}       | 1    | 4  | 5  | 8.00  | 1001.0000| floating 0
ifi           | IFICb{}       | 1    | 3  | 10 | 3.00  | 1240.0000| indexed
ifi           | IFIDb{}       | 1    | 3  | 2  |       | 86.5000  | discount a/365
foreign_gov   | US_T_{}       | 3011 | 1  | 20 | 0.875 | 101.1250 | 2010-11-15
foreign_gov   | US_T_{}       | 3012 | 12 | 10 | 1.500 | 103.5000 |
foreign_gov   | US_B_{}       | 2105 | 5  | 1  |       | 99.8500  | discount a/360
foreign_gov   | US_I_{}       | 3001 | 3  | 10 | 0.125 | 108.7500 | indexed
"""
DAY_COUNTS = {"a/a": "actual/actual", "a/365": "actual/365", "a/360": "actual/360"}
FLAGS = ("indexed", "amortised", "capitalised", "discount")
FIRST_ISSUE = dt.date(2016, 2, 3)
LATEST_MATURITY = 2021
"""Nothing matures before this year but notes."""
FIRST_NOTE = dt.date(2020, 5, 1)
SHORT_DAYS = {"NTK028": 28, "NTK182": 182}
STEP = Decimal("0.05")
"""Between the coupons of a family, % p.a."""


def debt(table: str) -> Entries:
    """Every member of every family; dates of issue go up by a week for each year to maturity, seven at the most."""
    made: Entries = {}
    for line in table.strip().split("\n"):
        group, code, first, count, years, coupon, price, special = (part.strip() for part in line.split("|"))
        for place in range(int(count)):
            symbol = code.format(int(first) + place)
            made[symbol] = _debt(symbol, group, place, int(years), coupon, price, special.split())
    return made


def _debt(symbol: str, group: str, place: int, years: int, coupon: str, price: str, words: list[str]) -> Terms:
    days = SHORT_DAYS.get(symbol[:6])
    if days:
        issued = FIRST_NOTE + dt.timedelta(days=place)
        matures = issued + dt.timedelta(days=days)
    else:
        first = next((dt.date.fromisoformat(word) for word in words if word[:2] == "20"), None)
        first = first or FIRST_ISSUE.replace(year=max(FIRST_ISSUE.year, LATEST_MATURITY - years))
        issued = first + dt.timedelta(weeks=min(years, 7) * place)
        matures = issued.replace(year=issued.year + years)
    bond: Terms = {"issued": issued}
    if "odd" in words:
        matures += dt.timedelta(days=45)
    bond["matures"] = "none" if "perpetual" in words else matures
    if coupon:
        bond["coupon"] = str(Decimal(coupon) + place * STEP)
    if "discount" in words:
        bond["coupon_kind"] = "none"
    if "floating" in words:
        bond["coupon_kind"] = "floating"
        bond["coupon_known_days"] = int(words[words.index("floating") + 1])
    bond |= {flag: True for flag in FLAGS if flag in words}
    for word in words:
        if word in DAY_COUNTS:
            bond["day_count"] = DAY_COUNTS[word]
        elif word[0] == "x":
            bond["coupons_a_year"] = int(word[1:])
    if "moving" in words:
        bond["same_dates"] = False
    if "other" in words:
        bond["other_payments"] = True
    made: Terms = {"group": group, "last_deal": price}
    if "EUR" in words:
        made["quote"] = bond["currency"] = "EUR"
    if "T+2" in words:
        made["scheme"] = "T+2"
    made["bond"] = bond
    for kind in ("clean", "dirty"):
        if kind in words:
            made["price_decision"] = {"kind": kind, "document": f"PB-{40 + place}", "date": dt.date(2020, 5, 27)}
    return made


# --- chapter 4: shares and state packages (art. 23, 26) ---------------------------------------------------------------

SHARES = """
KZTO KZTKp ARLN ARLNp BATY CASP DALA ESIL FARA GULD HANT ILEK JETY KOKT LASH MEDE NURA ORDA PAVL SARY TENG VOST ZHAR
YRYS ALTN BESK DOMB KEGN MUNJ OSKM QARA RIDR SEMY TALD UZEN BATYp CASPp DALAp ESILp FARAp GULDp HANTp ILEKp JETYp KOKTp
LASHp MEDEp NURAp ORDAp PAVLp SARYp
"""
NUMBERS = {
    "KZTO": {"isin": "KZ1C00000744", "nin": "KZ1C29950017"},
    "KZTKp": {"isin": "KZ0009094645"},
}
"""As kase.kz publishes them: news of 26.11.2012 on the offering of KZTO (1179683), "other securities" of KZTKb2."""
DECIDED = {"ALTN": ["continuous", "direct"]}
"""Shares that trade otherwise by a decision of the Board (art. 23)."""
PACKAGES: Entries = {
    "KZTO_GP1": {"lot": 10, "opens": "12:00", "closes": "14:00", "methods": ["continuous"], "last_deal": "980.00"},
    "BESK_GP1": {"lot": 500, "methods": ["direct"], "board": "PACKAGES_DIRECT"},
    "DOMB_GP1": {"lot": 1000, "opens": "10:30", "closes": "11:30", "methods": ["continuous"]},
    "KEGN_GP1": {"lot": 100, "methods": ["specialised"], "board": "PACKAGES_SPEC"},
}


def shares() -> Entries:
    """Shares, and the packages of which a seller set lot, methods and window."""
    made: Entries = {}
    for place, symbol in enumerate(SHARES.split()):
        made[symbol] = {"group": "shares", "last_deal": f"{150 + 37 * place}.00"}
        made[symbol] |= NUMBERS.get(symbol, {})
        if symbol in DECIDED:
            made[symbol] |= {"methods": DECIDED[symbol], "methods_document": "decision of the Board No. 71"}
            made[symbol]["more_boards"] = ["CORP_DIRECT", "REPO_DIRECT"]
    for symbol, terms in PACKAGES.items():
        made[symbol] = {"group": "state_packages", **terms, "methods_document": f"letter of the seller of {symbol}"}
    return made


# --- chapters 8 and 9: futures, repo (art. 37, 40) --------------------------------------------------------------------

FUTURES = {"FUSD": ("USDKZT", 41400), "FEUR": ("EURKZT", 45600)}
EXPIRIES = ("0620", "0920", "1220", "0321")
BASKET_TERMS = (1, 2, 3, 7, 14, 21, 28, 30, 60, 90)
SINGLE_TERMS = (1, 7, 28)
GOVERNMENTS = ("eurobonds", "gov", "gov_notes")
SINGLE = {"gov": 20, "gov_notes": 5, "eurobonds": 3, "gov_municipal": 4, "bonds": 12, "ifi": 3}
"""How many securities of a group automatic repo is listed in: 47, three terms each."""
NETTING = ("MUM180_0014", "MKM012_0150", "BRKLb1", "BRKLe1", "KZ_24_2410", "EABRb15")
NETTING_TERMS = (1, 7, 14)


def futures() -> Entries:
    """Contracts on dollar and euro, four expiries each."""
    return {
        f"{code}_{expiry}": {"group": "futures", "underlying": pair, "last_deal": f"{(price + 250 * place) / 100:.2f}"}
        for code, (pair, price) in FUTURES.items()
        for place, expiry in enumerate(EXPIRIES)
    }


def repo(securities: Entries) -> Entries:
    """The basket, single securities of each group in their order, and netting (R-25)."""
    made: Entries = {}
    for days in BASKET_TERMS:
        made[f"R_GS_{days:03}"] = _repo("repo_gov", "GS", days)
    for group, count in SINGLE.items():
        chosen = [symbol for symbol, terms in securities.items() if terms["group"] == group][:count]
        for symbol in chosen:
            for days in SINGLE_TERMS:
                sector = "repo_gov" if group in GOVERNMENTS else "repo"
                made[f"R_{symbol}_{days:03}"] = _repo(sector, symbol, days)
    for symbol in NETTING:
        for days in NETTING_TERMS:
            entry = _repo("repo_netting", symbol, days) | {"currency": symbol}
            if securities[symbol]["group"] in ("bonds_usd", "eurobonds"):
                entry |= {"quote": "USD", "settled_in": "USD"}
            made[f"RN_{symbol}_{days:03}"] = entry
    return made


def _repo(group: str, underlying: str, days: int) -> Terms:
    return {"group": group, "underlying": underlying, "term": f"{days:03}", "last_deal": _rate(days)}


def _rate(days: int) -> str:
    return f"{9 + days / 100:.4f}"


# --- files ------------------------------------------------------------------------------------------------------------


def files() -> dict[str, str]:
    """Return the text of every file by its name."""
    government, corporate, international = debt(GOVERNMENT), debt(CORPORATE), debt(INTERNATIONAL)
    chapters = {
        "chapter_2_swaps": ("Currency swaps (art. 15).", swaps()),
        "chapter_3": ("Government securities of the Republic (art. 19, 20).", government),
        "chapter_4": ("Bonds, shares, state packages (art. 23-26).", corporate | shares()),
        "chapter_6": ("Securities of international organisations and foreign states (art. 32, 33).", international),
        "chapter_8": ("Futures (art. 37).", futures()),
        "chapter_9": ("Automatic repo and repo with netting (art. 40).", repo(government | corporate | international)),
    }
    return {f"{name}.toml": "\n".join(_text(title, entries)) for name, (title, entries) in chapters.items()}


def _text(title: str, entries: Entries) -> Iterator[str]:
    yield f"# {title} Made by scripts/make_instruments.py: change its tables, not this file."
    for symbol, terms in entries.items():
        yield f"\n[{symbol}]"
        yield from (f"{key} = {_value(value)}" for key, value in terms.items())
    yield ""


def _value(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {_value(inner)}" for key, inner in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(_value, value)) + "]"
    return f'"{value}"' if isinstance(value, str) else str(value)


if __name__ == "__main__":
    TARGET.mkdir(exist_ok=True)
    for name, text in files().items():
        (TARGET / name).write_text(text, encoding="utf-8")
        print(name, text.count("\n["))
