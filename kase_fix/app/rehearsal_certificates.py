"""Makes the certificates of a rehearsal: an authority, a server, a client for each user (`app.tls`)."""

import datetime as dt
import ipaddress
import os
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import TypeAlias

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

AUTHORITY = "Authority of a rehearsal"
SERVER = "kase_fix"
VALID = dt.timedelta(days=397)
Signer: TypeAlias = tuple[x509.Name, EllipticCurvePrivateKey]


def make(directory: Path, hosts: Iterable[str], users: Iterable[str]) -> None:
    """Write all files anew; the directory is there as a whole or not."""
    new = directory.with_name(f"{directory.name}.new")
    shutil.rmtree(new, ignore_errors=True)
    (new / "clients").mkdir(parents=True, mode=0o700)
    key = generate_private_key(SECP256R1())
    signer = _name(AUTHORITY), key
    authority = _certificate(AUTHORITY, key, signer, ())
    (new / "ca.pem").write_bytes(authority)
    own = generate_private_key(SECP256R1())
    (new / "server.pem").write_bytes(_certificate(SERVER, own, signer, hosts) + authority)
    _write_secret(new / "server.key", _pem(own))
    for user in users:
        own = generate_private_key(SECP256R1())
        _write_secret(new / "clients" / f"{user}.pem", _certificate(user, own, signer, ()) + _pem(own))
    shutil.rmtree(directory, ignore_errors=True)
    new.rename(directory)


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _certificate(subject: str, key: EllipticCurvePrivateKey, signer: Signer, hosts: Iterable[str]) -> bytes:
    """Return a certificate as PEM: of the authority itself, of a server with hosts, of a client without."""
    now = dt.datetime.now(dt.UTC)
    issuer, signing = signer
    authority = subject == AUTHORITY
    names = [_host(host) for host in hosts]
    use = ExtendedKeyUsageOID.SERVER_AUTH if names else ExtendedKeyUsageOID.CLIENT_AUTH
    builder = (
        x509.CertificateBuilder()
        .subject_name(_name(subject))
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(hours=1))
        .not_valid_after(now + VALID)
        .add_extension(x509.BasicConstraints(ca=authority, path_length=0 if authority else None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signing.public_key()), critical=False)
        .add_extension(_usage(authority), critical=True)
    )
    if not authority:
        builder = builder.add_extension(x509.ExtendedKeyUsage([use]), critical=False)
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    return builder.sign(signing, SHA256()).public_bytes(Encoding.PEM)


def _usage(authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not authority,
        key_cert_sign=authority,
        crl_sign=authority,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _host(text: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(text))
    except ValueError:
        return x509.DNSName(text)


def _pem(key: EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _write_secret(path: Path, data: bytes) -> None:
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600), "wb") as file:
        file.write(data)
