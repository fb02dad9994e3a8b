"""The way in: from a client's first Logon to a connection with QuickFIX behind him."""

import asyncio
from typing import TYPE_CHECKING

from kase_fix.gateway.doorman import logon, new_password
from kase_fix.gateway.doorman.logon import Logon, Refusal
from kase_fix.gateway.doorman.passwords import Busy
from kase_fix.gateway.doorman.register import comes_from
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
    if refusal := logon.fault(asked) or logon.astray(asked, service.comp_id) or logon.impostor(asked, client.named):
        raise Refused(refusal)
    name = await _prove(doorman, client, asked)
    if not await doorman.online.claim(name, client.service, client):
        raise Refused(Refusal("already_online", logon.ALREADY_ONLINE))
    client.user = name
    await ask(doorman, client, asked.reset, renews=bool(asked.new_password))
    if asked.new_password:
        await _renew(doorman, client, asked)
    try:
        async with asyncio.timeout(UPSTREAM_SECONDS):
            return await doorman.connect(client)
    except OSError as error:  # TimeoutError is one
        raise Refused(Refusal("no_upstream", UNAVAILABLE)) from error


async def ask(doorman: "Doorman", client: "Client", reset: bool, renews: bool) -> None:
    """Have the venue write his delivery cursor before a Logon goes on. Raises `Refused`.

    With `renews` it does not matter that his password has expired.
    """
    try:
        async with asyncio.timeout(VENUE_SECONDS):
            admitted = await doorman.ask(client.user, client.service, reset, renews)
    except TimeoutError:
        raise Refused(Refusal("venue_silent", UNAVAILABLE)) from None
    if not admitted.ok:
        raise Refused(Refusal("not_admitted", admitted.text))


async def _renew(doorman: "Doorman", client: "Client", asked: Logon) -> None:
    """Have NewPassword(925) hold from now on. Raises `Refused`: the old one holds then."""
    try:
        why = await new_password.change(doorman, client, asked.new_password, asked.password)
    except Busy:
        why = new_password.NOT_KEPT
    if why:
        raise Refused(Refusal("new_password", why))


async def _prove(doorman: "Doorman", client: "Client", asked: Logon) -> str:
    """Return the user's name, or lock him out for a while.

    Unknown user, wrong password and wrong address take the same time and the same text.
    """
    loop, lockout = asyncio.get_running_loop(), doorman.lockout
    if seconds := lockout.seconds_left(asked.user, client.address, loop.time()):
        raise Refused(Refusal("locked_out", logon.locked_out(seconds)))
    user = doorman.register.user(asked.user, client.service)
    try:
        proven = await doorman.passwords.prove(user, asked.password, client.address)
    except Busy:
        raise Refused(Refusal("busy", UNAVAILABLE)) from None
    now = doorman.register.user(asked.user, client.service)  # the register may have changed meanwhile
    if user is None or now is None or now.password_hash != user.password_hash or not proven:
        lockout.failed(asked.user, client.address, loop.time())
        raise Refused(Refusal("wrong_password", logon.WRONG_PASSWORD))
    if not comes_from(now, client.address):
        lockout.failed(asked.user, client.address, loop.time())
        raise Refused(Refusal("address", logon.WRONG_PASSWORD))
    lockout.succeeded(asked.user, client.address)
    if refusal := logon.misfit(asked, now.dialect):
        raise Refused(refusal)
    return now.name
