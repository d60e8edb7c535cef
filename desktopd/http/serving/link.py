"""The address for a person to click."""

from __future__ import annotations


def link(address: str, base_url: str, token: str | None) -> str:
    """A link to what listens at `address`, with the token, if there is one to tell."""
    place = address.replace("//0.0.0.0:", "//127.0.0.1:").replace("//[::]:", "//[::1]:")
    query = f"?token={token}" if token else ""
    return f"{place}{base_url}{query}"
