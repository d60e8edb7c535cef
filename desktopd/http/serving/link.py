"""The address for a person to click."""

from __future__ import annotations


def link(address: str, base_url: str, token: str | None, public_url: str | None = None) -> str:
    """A link to what listens at `address`, with the token, if there is one to tell.

    `public_url` takes the place of address and `base_url`.
    """
    local = address.replace("//0.0.0.0:", "//127.0.0.1:").replace("//[::]:", "//[::1]:")
    query = f"?token={token}" if token else ""
    return f"{public_url or local + base_url}{query}"
