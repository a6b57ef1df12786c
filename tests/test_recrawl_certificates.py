"""Sites over HTTPS: their certificates are checked, kept, and compared with the one before."""

import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.loopback import Loopback
from tests.recrawl import World, page

EXPIRES = datetime.now(UTC).replace(microsecond=0) + timedelta(days=60)


def certificate(folder: Path, issuer: str, expires: datetime = EXPIRES) -> tuple[ssl.SSLContext, Path]:
    """A certificate for 127.0.0.1 that `issuer` made for itself, in a server's context and as a file to be trusted."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)])
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(expires - timedelta(days=90))
        .not_valid_after(expires)
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = folder / f"{issuer}.pem"
    pem.write_bytes(
        made.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    return context, pem


def test_certificates_are_kept_and_a_new_issuer_is_noticed(tmp_path: Path) -> None:
    world = World(folder=tmp_path, pages={"/a/1": [page("article 1")]})
    port = 0
    for issuer in ("One", "One", "Another"):
        context, pem = certificate(tmp_path, issuer)
        with Loopback(respond=world.respond, tls=context, port=port) as site:
            port = site.port
            world.configure(site)
            done = world.crawl("--all", SSL_CERT_FILE=str(pem))
            assert done.returncode == 0, done.stderr
    [(host, fingerprint, issuer, expires)] = world.rows(
        "select host, fingerprint, issuer, expires_at from certificates"
    )
    shown = x509.load_pem_x509_certificate(pem.read_bytes())
    assert (host, fingerprint) == ("127.0.0.1", shown.fingerprint(hashes.SHA256()).hex())
    assert (issuer, datetime.fromisoformat(expires)) == ("CN=Another", EXPIRES)
    assert world.rows("select crawl_id, kind, detail from notices") == [
        (3, "certificate", "The certificate is issued by CN=Another, no longer by CN=One.")
    ]


@pytest.mark.parametrize(("trusted", "days"), [(False, 60), (True, -1)], ids=["unknown", "expired"])
def test_a_certificate_that_cannot_be_trusted_fails(tmp_path: Path, trusted: bool, days: int) -> None:
    world = World(folder=tmp_path, pages={"/a/1": [page("article 1")]})
    context, pem = certificate(tmp_path, "One", datetime.now(UTC) + timedelta(days=days))
    with Loopback(respond=world.respond, tls=context) as site:
        world.configure(site)
        done = world.crawl(**({"SSL_CERT_FILE": str(pem)} if trusted else {}))
    assert done.returncode == 1
    assert "bad certificate" in done.stderr
    assert site.asked == []
    assert world.rows("select state, reason from pages") == [("failed", "bad certificate")]
    assert world.rows("select count(*) from certificates") == [(0,)]
