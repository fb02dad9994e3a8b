"""The way in: from a client's first Logon to a connection with QuickFIX behind him."""

import asyncio
from typing import TYPE_CHECKING

from kase_fix.gateway.doorman import logon
from kase_fix.gateway.doorman.logon import Logon, Refusal
from kase_fix.gateway.doorman.passwords import Busy
from kase_fix.gateway.doorman.upstream import Upstream

if TYPE_CHECKING:
    from kase_fix.gateway.doorman.client import Client
    from kase_fix.gateway.doorman.doorman import Doorman

UPSTREAM_SECONDS = 3.0
VENUE_SECONDS = 5.0
UNAVAILABLE = "Service is not available"


class Refused(Exception):
    """The way ends here."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.reason)
        self.refusal = refusal


async def enter(doorman: "Doorman", client: "Client", asked: Logon) -> Upstream:
    """Prove who he is, take his place, ask the venue, connect. Raises `Refused`; QuickFIX has seen nothing then."""
    service = doorman.register.service(client.service)
    if service is None:
        raise Refused(Refusal("no_service", UNAVAILABLE))
    if refusal := logon.fault(asked) or logon.astray(asked, service.comp_id):
        raise Refused(refusal)
    name = await _prove(doorman, client.service, asked)
    if not await doorman.online.claim(name, client.service, client):
        raise Refused(Refusal("already_online", logon.ALREADY_ONLINE))
    client.user = name
    await ask(doorman, client, asked.reset)
    try:
        async with asyncio.timeout(UPSTREAM_SECONDS):
            return await doorman.connect(client)
    except OSError as error:  # TimeoutError is one
        raise Refused(Refusal("no_upstream", UNAVAILABLE)) from error


async def ask(doorman: "Doorman", client: "Client", reset: bool) -> None:
    """Have the venue write his delivery cursor before a Logon goes on. Raises `Refused`."""
    try:
        async with asyncio.timeout(VENUE_SECONDS):
            admitted = await doorman.ask(client.user, client.service, reset)
    except TimeoutError:
        raise Refused(Refusal("venue_silent", UNAVAILABLE)) from None
    if not admitted.ok:
        raise Refused(Refusal("not_admitted", admitted.text))


async def _prove(doorman: "Doorman", service: str, asked: Logon) -> str:
    """Return the user's name. Unknown user and wrong password take the same time and the same text."""
    wrong = Refused(Refusal("wrong_password", logon.WRONG_PASSWORD))
    user = doorman.register.user(asked.user, service)
    try:
        proven = await doorman.passwords.prove(user, asked.password)
    except Busy:
        raise Refused(Refusal("busy", UNAVAILABLE)) from None
    now = doorman.register.user(asked.user, service)  # the register may have changed meanwhile
    if user is None or now is None or now.password_hash != user.password_hash or not proven:
        raise wrong
    if refusal := logon.misfit(asked, now.dialect):
        raise Refused(refusal)
    return now.name
