"""The secrets that open a desktop, and the cookie made from them."""

from __future__ import annotations

import hashlib
import hmac
import math
import re
from collections.abc import Mapping

from desktopd.rfb.viewers.viewer import Role

BITS = 128


class Tokens:
    """One token for full control and, if given, one that may only watch.

    The cookie's value is an HMAC made from the role's token, so it outlives a restart of the
    daemon without any state here and dies with the token. Its name carries a hash of the
    control token, because browsers send a host's cookies to each of its ports: several
    desktops on one host keep theirs. Each role has its own: a browser may have both.

    Raises ValueError for a blank token, or when both roles share one.
    """

    def __init__(self, control: str | None, view: str | None = None) -> None:
        if control is None or not control.strip():
            raise ValueError("token is blank: set one, or auth=none behind a proxy")
        if view is not None and not view.strip():
            raise ValueError("view_token is blank: set one, or leave it out")
        if view == control:
            raise ValueError("view_token equals token: whoever may watch could control; change one")
        self._secrets = {Role.CONTROL: control.encode()}
        if view is not None:
            self._secrets[Role.VIEW] = view.encode()
        digest = hashlib.sha256(b"desktopd cookie name\0" + control.encode()).hexdigest()
        self.cookie_name = f"desktopd-{digest[:8]}"

    def role(self, presented: bytes) -> Role | None:
        """The role that a token opens; None when it is wrong. Takes the same time either way."""
        return _match(presented, self._secrets)

    @property
    def roles(self) -> frozenset[Role]:
        """The roles that have a token."""
        return frozenset(self._secrets)

    def sign(self, role: Role, purpose: str) -> str:
        """64 hexadecimal digits that only the role's token can give for `purpose`."""
        message = f"desktopd {purpose}\0{role}".encode()
        return hmac.new(self._secrets[role], message, hashlib.sha256).hexdigest()

    def cookie_of(self, role: Role) -> str:
        """The name of the role's cookie."""
        return self.cookie_name if role is Role.CONTROL else f"{self.cookie_name}-{role}"

    def cookie_value(self, role: Role) -> str:
        """The cookie that stands for the role's token."""
        return self.sign(role, "cookie")

    def cookie_roles(self, cookies: Mapping[str, str]) -> list[Role]:
        """The roles that cookies open, by their names and values; full control first."""
        return [role for role in self._secrets if self._opened(role, cookies)]

    def _opened(self, role: Role, cookies: Mapping[str, str]) -> bool:
        presented = cookies.get(self.cookie_of(role), "").encode(errors="replace")
        return hmac.compare_digest(self.cookie_value(role).encode(), presented)


def guessable(token: str) -> str:
    """What is risky about a token that was given; empty for one of 128 bits or more.

    The bits are those of a token that was made at random from the characters which it has.
    """
    kinds = ((r"[0-9]", 10), (r"[a-f]", 6), (r"[g-z]", 20), (r"[A-Z]", 26), (r"[^0-9A-Za-z]", 32))
    alphabet = sum(size for pattern, size in kinds if re.search(pattern, token))
    distinct = len(set(token))
    if distinct < min(len(token), alphabet) / 4:
        alphabet = distinct
    bits = int(len(token) * math.log2(max(alphabet, 1)))
    if bits >= BITS:
        return ""
    return f"at most {bits} bits: whoever guesses it has the desktop; make one of {BITS} bits"


def _match(presented: bytes, secrets: dict[Role, bytes]) -> Role | None:
    found = None
    for role, secret in secrets.items():
        if hmac.compare_digest(secret, presented):
            found = role
    return found


def cookie_header(name: str, value: str, path: str, *, secure: bool, embedded: bool) -> str:
    """A ``Set-Cookie`` value (RFC 6265) that ends with the browser's session.

    `embedded`: the page lives in a frame of another site. Browsers send a cookie there only
    when it is Secure and SameSite=None, and block it unless it is Partitioned as well.
    """
    parts = [f"{name}={value}", f"Path={path}", "HttpOnly"]
    if secure:
        parts.append("Secure")
    parts += ["SameSite=None", "Partitioned"] if secure and embedded else ["SameSite=Lax"]
    return "; ".join(parts)
