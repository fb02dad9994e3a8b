"""Certificates of the TLS ports: those a configuration names are proven before anything starts, a rehearsal makes some.

A rehearsal's are signed by an authority of its own and renewed a month before they end. In `DIR/tls`: `ca.pem` for
clients to trust, `server.pem` and `server.key`, and in `clients/` a certificate with its key for each user. They are
for trying out; the authority's key is thrown away.
"""

import ssl
import time
from collections.abc import Iterable
from pathlib import Path

from kase_fix.messages.link import DoorTls
from kase_fix.rulebook.files import ConfigurationError

USED_SECONDS = 365 * 86_400
"""A rehearsal's certificates are used for a year; they are good for a month longer."""
MADE_FOR = "made_for"


def proven(files: DoorTls, directory: Path, blamed: str) -> DoorTls:
    """Return the files with whole paths, tried out. Raises `ConfigurationError` for one that TLS cannot use.

    Paths are relative to the configuration's directory.
    """
    if not files.certificate:
        if files.key or files.client_ca or files.client_certificate == "required":
            raise ConfigurationError(blamed, "gateway.tls.certificate", "none", "a certificate for the other keys")
        return files
    whole = {
        name: str(directory / path) for name in ("certificate", "key", "client_ca") if (path := getattr(files, name))
    }
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    try:
        context.load_cert_chain(whole["certificate"], whole.get("key"), password=lambda: "")
    except OSError as error:  # ssl.SSLError is one
        raise ConfigurationError(
            blamed, "gateway.tls.certificate", _said(error, files.certificate), "PEM files of a certificate and its key"
        ) from error
    if files.client_certificate == "required" and not files.client_ca:
        raise ConfigurationError(blamed, "gateway.tls.client_ca", "none", "the authority of the required certificates")
    try:
        if files.client_ca:
            context.load_verify_locations(whole["client_ca"])
    except OSError as error:
        raise ConfigurationError(
            blamed, "gateway.tls.client_ca", _said(error, files.client_ca), "a PEM file of certificates"
        ) from error
    return DoorTls(client_certificate=files.client_certificate, **whole)


def _said(error: OSError, path: str) -> str:
    return f"{path} ({error.strerror or error})"


def rehearsed(directory: Path, hosts: Iterable[str], users: Iterable[str]) -> DoorTls:
    """Return the files of a rehearsal, made where they are not there for these hosts and users, or are old."""
    names, clients = sorted({*hosts, "localhost", "127.0.0.1", "::1"}), sorted(users)
    wanted = " ".join([*names, *clients]) + "\n"
    try:
        note = directory / MADE_FOR
        fresh = time.time() - note.stat().st_mtime < USED_SECONDS and note.read_text(encoding="utf-8") == wanted
    except FileNotFoundError:
        fresh = False
    if not fresh:
        from kase_fix.app.rehearsal_certificates import make  # takes a while, and only here

        make(directory, names, clients)
        note.write_text(wanted, encoding="utf-8")
    return DoorTls(str(directory / "server.pem"), str(directory / "server.key"), str(directory / "ca.pem"))
