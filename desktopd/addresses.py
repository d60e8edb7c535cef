"""What counts as one address, wherever somebody is counted by where he comes from."""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address


def address_key(address: str) -> str:
    """What counts as one address: of an IPv6 host its /64, in which it can take any address."""
    try:
        ip = ip_address(address)
    except ValueError:
        return address
    if not isinstance(ip, IPv6Address):
        return str(ip)
    if ip.ipv4_mapped is not None:
        return str(ip.ipv4_mapped)
    return str(IPv6Address(int(ip) >> 64 << 64))
