"""A certificate in files, in use by servers that go on when the files have become others."""

from __future__ import annotations

import asyncio
import logging
import ssl
from pathlib import Path

from desktopd.errors import ListenError

EVERY = 5.0
"""Seconds between two looks at the files."""

log = logging.getLogger(__name__)

_State = tuple[tuple[int, int, int], ...]


class Certificate:
    """A certificate chain and its private key, two PEM files; raises ListenError.

    Handshakes that begin after the files have changed get the new certificate; connections that
    are open stay. Files that cannot be used, or do not belong together yet, change nothing.
    """

    def __init__(self, chain: Path, key: Path) -> None:
        self._chain = chain
        self._key = key
        self._contexts: list[ssl.SSLContext] = []
        self._seen = self._state()
        self._load(_server())

    def context(self) -> ssl.SSLContext:
        """TLS 1.2 or newer with this certificate, also once it has become another."""
        context = _server()
        self._load(context)
        self._contexts.append(context)
        return context

    async def follow(self) -> None:
        """Take up what the files have become, until cancelled."""
        while True:
            await asyncio.sleep(EVERY)
            now = await asyncio.to_thread(self._state)
            if now != self._seen:
                self._seen = now
                self._take_up()

    def _take_up(self) -> None:
        try:
            # Whether they go together is seen where it harms nobody.
            self._load(_server())
            for context in self._contexts:
                self._load(context)
        except ListenError as error:
            log.warning("%s; the certificate before stays in use", error)
        else:
            log.info("%s: the certificate is another now", self._chain)

    def _state(self) -> _State:
        """What tells that a file is another, or has been written."""
        return tuple(_written(path) for path in (self._chain, self._key))

    def _load(self, context: ssl.SSLContext) -> None:
        where = f"tls_cert={self._chain} with tls_key={self._key}"

        def ask() -> str:
            # OpenSSL would ask at the terminal otherwise, and wait.
            raise ListenError(
                f"tls_key={self._key} is encrypted, and nobody is there to type its pass phrase; "
                f"decrypt it, e.g. by `openssl pkey -in {self._key} -out plain.pem`"
            )

        try:
            for path in (self._chain, self._key):
                # OpenSSL would wait for a pipe.
                if path.exists() and not path.is_file():
                    raise ListenError(f"{where}: {path} is no plain file; expected two PEM files")
            context.load_cert_chain(self._chain, self._key, ask)
        except (OSError, ssl.SSLError) as error:
            raise ListenError(f"{where}: {error}; expected two PEM files") from None


def _server() -> ssl.SSLContext:
    return ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)


def _written(path: Path) -> tuple[int, int, int]:
    try:
        found = path.stat()
    except OSError:
        return 0, 0, 0
    return found.st_ino, found.st_mtime_ns, found.st_size
