"""The members on request: CG of both dialects, in the shape of FIX 5.0 SP2.

The asker's own firm with its users and accounts; of other firms the names that a direct order is addressed to (R-171).
"""

from collections.abc import Container, Iterable, Iterator

import msgspec

from kase_fix.gateway.dialect.questions import PartyList
from kase_fix.messages.configuration import User
from kase_fix.rulebook.operational_day import API

FIRM, TRADER, ACCOUNT = "1", "36", "24"
"""PartyDetailRole(1693): the asker's firm, a user of it, an account of its users."""
CONTRA_FIRM, CONTRA_TRADER = "17", "37"
"""The same of others, as Parties(453) of a direct order names them."""
ROLES = (FIRM, TRADER, ACCOUNT, CONTRA_FIRM, CONTRA_TRADER)
FOUND, INVALID, NOTHING, NO_SUBSCRIPTION = 0, 1, 2, 5
"""RequestResult(1511)."""
WORDS = {
    INVALID: f"RequestedPartyRole(1509) is one of {', '.join(ROLES)}",
    NOTHING: "There is no such party",
    NO_SUBSCRIPTION: "The register changes with a new operational day alone: ask with 263=0",
}
ACTIVE, SUSPENDED = 0, 1
"""PartyDetailStatus(1672)."""
FULL_NAME = 5
"""PartyDetailSubIDType(1696) of a name for people."""
CHUNK = 100


class Party(msgspec.Struct, frozen=True):
    """One entry: who he is, what he is called, and (1563, 1565) of whom belongs to him or he to."""

    name: str
    role: str
    title: str = ""
    related: tuple[tuple[str, str], ...] = ()
    suspended: bool = False


def answers(asked: PartyList, report_id: str, users: Iterable[User], suspended: Container[str]) -> list[str]:
    """Return the bodies of the answer to CF; `report_id` begins PartyDetailsListReportID(1510) of each."""
    register = list(users)
    own = next(user.firm for user in register if user.name == asked.user)
    result, found = FOUND, list[Party]()
    if asked.subscription != "0":
        result = NO_SUBSCRIPTION
    elif not set(asked.roles) <= set(ROLES):
        result = INVALID
    else:
        everyone = (*_own(own, register, suspended), *_others(own, register))
        found = [one for one in everyone if _is_wanted(one, asked)]
        result = FOUND if found else NOTHING
    words = WORDS.get(result, "")
    text = f"58={words}\x01" if words else ""
    chunks = [found[at : at + CHUNK] for at in range(0, len(found), CHUNK)] or [[]]
    return [
        f"35=CG\x011510={report_id}-{place}\x011505={asked.request_id}\x011511={result}\x011512={len(found)}\x01"
        f"893={'Y' if place == len(chunks) else 'N'}\x01{_entries(chunk)}{text}"
        for place, chunk in enumerate(chunks, 1)
    ]


def _own(firm: str, register: list[User], suspended: Container[str]) -> Iterator[Party]:
    members = [user for user in register if user.firm == firm and API in user.services]
    of_account: dict[str, list[tuple[str, str]]] = {}
    yield Party(firm, FIRM)
    for user in members:
        related = ((firm, FIRM), *((account, ACCOUNT) for account in user.accounts))
        yield Party(user.name, TRADER, user.title, related, user.name in suspended)
        for account in user.accounts:
            of_account.setdefault(account, []).append((user.name, TRADER))
    for account, traders in of_account.items():
        yield Party(account, ACCOUNT, related=tuple(traders))


def _others(own: str, register: list[User]) -> Iterator[Party]:
    members = [user for user in register if user.firm != own and user.markets and API in user.services]
    for firm in dict.fromkeys(user.firm for user in members):
        yield Party(firm, CONTRA_FIRM)
    for user in members:
        yield Party(user.name, CONTRA_TRADER, user.title, ((user.firm, CONTRA_FIRM),))


def _is_wanted(party: Party, asked: PartyList) -> bool:
    return (not asked.roles or party.role in asked.roles) and (not asked.names or party.name in asked.names)


def _entries(parties: list[Party]) -> str:
    return f"1671={len(parties)}\x01{''.join(map(_entry, parties))}" if parties else ""


def _entry(party: Party) -> str:
    called = f"1694=1\x011695={party.title}\x011696={FULL_NAME}\x01" if party.title else ""
    related = "".join(f"1563={name}\x011564=D\x011565={role}\x01" for name, role in party.related)
    status = f"1672={SUSPENDED if party.suspended else ACTIVE}\x01" if party.role == TRADER else ""
    count = f"1562={len(party.related)}\x01" if party.related else ""
    return f"1691={party.name}\x011692=D\x011693={party.role}\x01{called}{count}{related}{status}"
