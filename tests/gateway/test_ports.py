"""QuickFIX's port is his from the moment it is chosen: nobody takes it between the look and the bind."""

import socket
from contextlib import closing

import pytest

from kase_fix.gateway import acceptor


def test_ports_are_below_those_of_outgoing_connections():
    for _ in range(50):
        with closing(acceptor._reserve_port()) as held:
            assert held.getsockname()[1] in acceptor.BELOW_OUTGOING


def test_a_port_that_is_taken_is_passed_over(monkeypatch):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        number = taken.getsockname()[1]
        monkeypatch.setattr(acceptor, "BELOW_OUTGOING", range(number, number + 1))
        monkeypatch.setattr(acceptor, "TRIED_PORTS", 1)
        with closing(acceptor._reserve_port()) as held:
            assert held.getsockname()[1] != number


def test_two_starts_at_once_never_choose_the_same_port(monkeypatch):
    with closing(acceptor._reserve_port()) as first:
        number = first.getsockname()[1]
        monkeypatch.setattr(acceptor, "BELOW_OUTGOING", range(number, number + 1))
        monkeypatch.setattr(acceptor, "TRIED_PORTS", 1)
        with closing(acceptor._reserve_port()) as second:
            assert second.getsockname()[1] != number


def test_only_who_reuses_addresses_can_bind_a_held_port():
    """QuickFIX does (SocketReuseAddress is Y unless said otherwise); another probe for a free port does not."""
    with closing(acceptor._reserve_port()) as held:
        address = held.getsockname()
        with socket.socket() as other, pytest.raises(OSError, match="in use"):
            other.bind(address)
        with socket.socket() as quickfix:
            quickfix.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            quickfix.bind(address)
            quickfix.listen()
            held.close()
            with socket.create_connection(address, timeout=5):
                pass
