"""The QA client on a line that others cut: an end is an end, whether the Logon was out or not yet."""

import socket

import pytest

from kase_fix.scenario.client import Client


class CutAtOnce(Client):
    """One whose line is cut as soon as it is open, before anything is said."""

    def connect(self, address):
        super().connect(address)
        self.drop()


@pytest.fixture
def address():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()


def test_a_line_cut_before_the_logon_is_out_is_an_end_and_no_error(address):
    client = CutAtOnce("FIRMA", "FIX44")
    assert not client.logon(address)
    assert client.wait(lambda: client.logged_on or not client.connected, 0.0)
    assert not client.logged_on


def test_a_logon_that_is_out_says_so(address):
    client = Client("FIRMA", "FIX44")
    assert client.logon(address)
    assert client.connected
    client.drop()


def test_where_nobody_listens_there_is_no_line():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # a port nobody else is given, and nobody listens on
        with pytest.raises(ConnectionRefusedError):
            Client("FIRMA", "FIX44").logon(taken.getsockname())
