"""Which hosts the services could download from: those that the public internet knows."""

from __future__ import annotations

import ipaddress

_PRIVATE = (".local", ".localhost", ".internal")


def is_public(host: str) -> bool:
    """False for loopback, private and link-local addresses, for `localhost` and for names without a dot.

    A name that ends in a number is an address in disguise (`127.1`), as in the URL standard.
    """
    host = host.rstrip(".").lower()
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return "." in host and not host.endswith(_PRIVATE) and not host.rpartition(".")[2].isdecimal()
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    return address.is_global and not address.is_multicast
