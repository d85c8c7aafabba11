"""Addresses of the internet that anybody may connect to, and those that are somebody's own."""

from __future__ import annotations

import ipaddress
from typing import Final

_GLOBAL_UNICAST: Final = ipaddress.ip_network("2000::/3")
# Globally routable by the registries, and yet doors to other networks, or to no one.
_NOBODYS: Final = [
    ipaddress.ip_network(text)
    for text in (
        "192.88.99.0/24",  # 6to4 relays
        "168.63.129.16/32",  # a cloud's own services
        "2001::/23",  # Teredo and other protocols
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4: any IPv4 address
        "3fff::/20",  # documentation
        "3ffe::/16",  # returned
    )
]


def is_public(text: str) -> bool:
    """Whether the IP address is one of the internet's: not private, local, shared or special.

    IPv6 addresses that stand for an IPv4 address (mapped, 6to4, NAT64) are not. Raises
    ValueError for what is no address.
    """
    address = ipaddress.ip_address(text.partition("%")[0])
    if address.version == 6 and address not in _GLOBAL_UNICAST:
        return False
    special = (address.is_multicast, address.is_reserved, address.is_unspecified)
    if not address.is_global or any(special):
        return False
    return not any(address in network for network in _NOBODYS if network.version == address.version)
