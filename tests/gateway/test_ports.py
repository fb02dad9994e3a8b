"""QuickFIX's port is none that an outgoing connection may be given between the look and the bind."""

import socket

from kase_fix.gateway import acceptor


def test_ports_are_below_those_of_outgoing_connections():
    assert all(acceptor._free_port() in acceptor.BELOW_OUTGOING for _ in range(50))


def test_a_port_that_is_taken_is_passed_over(monkeypatch):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        number = taken.getsockname()[1]
        monkeypatch.setattr(acceptor, "BELOW_OUTGOING", range(number, number + 1))
        monkeypatch.setattr(acceptor, "TRIED_PORTS", 1)
        assert acceptor._free_port() != number
