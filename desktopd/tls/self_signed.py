"""A certificate that nobody has signed but we: whoever opens the page compares its fingerprint."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from contextlib import suppress
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from desktopd.kept_file import write_kept
from desktopd.openers import read_little

LASTS = datetime.timedelta(days=365)
LEFT = datetime.timedelta(days=30)
"""With less than that it is made anew."""


def self_signed(folder: Path, names: Iterable[str]) -> tuple[Path, Path]:
    """The chain and the key in `folder`, both for this user alone; raises OSError.

    They are made where there are none for these host names and addresses, or none that lasts.
    """
    chain, key = folder / "tls-cert.pem", folder / "tls-key.pem"
    wanted = _alternatives(names)
    if not (key.exists() and _serves(chain, wanted)):
        _make(chain, key, wanted)
    return chain, key


def fingerprint(chain: Path) -> str:
    """SHA-256 of the first certificate of a file, as browsers show it: ``AB:CD:…``."""
    found = x509.load_pem_x509_certificate(read_little(chain))
    return found.fingerprint(hashes.SHA256()).hex(":").upper()


def _alternatives(names: Iterable[str]) -> set[x509.GeneralName]:
    found: set[x509.GeneralName] = set()
    for name in names:
        try:
            found.add(x509.IPAddress(ip_address(name)))
        except ValueError:
            # A machine may be called what no name in DNS can be.
            with suppress(UnicodeError):
                found.add(x509.DNSName(name.encode("idna").decode()))
    return found


def _serves(chain: Path, wanted: set[x509.GeneralName]) -> bool:
    """Whether there is a certificate for all of these, and for some time to come."""
    try:
        found = x509.load_pem_x509_certificate(read_little(chain))
        listed = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (OSError, ValueError, x509.ExtensionNotFound):
        return False
    lasts = found.not_valid_after_utc - datetime.datetime.now(datetime.UTC)
    return lasts > LEFT and wanted <= {*listed}


def _make(chain: Path, key: Path, names: set[x509.GeneralName]) -> None:
    made = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "desktopd")])
    now = datetime.datetime.now(datetime.UTC)
    usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])
    signed = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(made.public_key())
        .serial_number(x509.random_serial_number())
        # Clocks of laptops differ.
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + LASTS)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=False)
        .sign(made, hashes.SHA256())
    )
    secret = made.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    write_kept(key, secret)
    write_kept(chain, signed.public_bytes(serialization.Encoding.PEM))
