"""Who is on the other side of a connection, as far as TCP and TLS know."""

import asyncio


def address_of(transport: asyncio.BaseTransport) -> str:
    """Return the address he comes from, without the port; empty where he has gone already."""
    name = transport.get_extra_info("peername")
    return str(name[0]) if name else ""


def named_in_certificate(transport: asyncio.BaseTransport) -> str | None:
    """Return the common name of the client's certificate, None without one. TLS has proven that it is his."""
    certificate = transport.get_extra_info("peercert")
    if not certificate:
        return None
    names = [value for part in certificate.get("subject", ()) for key, value in part if key == "commonName"]
    return names[-1] if names else ""
