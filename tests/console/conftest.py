"""The console's application on one end of a real socket pair, a venue on the other."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

import httpx
import pytest
from console_venue import MORNING, SETTINGS, FakeVenue

from kase_fix.console.answers import Desk
from kase_fix.console.picture import Picture
from kase_fix.console.site import site
from kase_fix.console.venue import Venue
from kase_fix.messages.link import ConsoleSettings


@dataclass
class Pair:
    fake: FakeVenue
    venue: Venue
    client: httpx.AsyncClient
    theirs: socket.socket


@asynccontextmanager
async def joined(settings: ConsoleSettings) -> AsyncIterator[Pair]:
    theirs, ours = socket.socketpair()
    fake = FakeVenue(theirs)
    venue = await Venue.join(ours, Picture())
    await fake.tell(settings)
    assert await venue.settings() == settings
    tasks = [asyncio.create_task(venue.listen()), asyncio.create_task(fake.listen())]
    transport = httpx.ASGITransport(site(Desk(settings, venue)), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://console") as client:
        yield Pair(fake, venue, client, theirs)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    theirs.close()


@pytest.fixture
async def join() -> AsyncIterator[Callable[[ConsoleSettings], Awaitable[Pair]]]:
    async with AsyncExitStack() as stack:

        async def start(settings: ConsoleSettings) -> Pair:
            return await stack.enter_async_context(joined(settings))

        yield start


@pytest.fixture
async def pair(join: Callable[[ConsoleSettings], Awaitable[Pair]]) -> Pair:
    pair = await join(SETTINGS)
    pair.fake.happens(*MORNING)
    return pair
