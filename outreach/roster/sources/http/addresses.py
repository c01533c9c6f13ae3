"""Which addresses may be asked: public ones, and those of the networks that a definition allows."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

#: Networks in which an address of IPv4 is written inside one of IPv6: NAT64, 6to4 and Teredo lead to it.
_NAT64 = ip_network("64:ff9b::/96")
#: All that is given to somebody in IPv6.
_UNICAST = ip_network("2000::/3")
#: Not public either, and not in every version of Python's own list.
_ALSO = tuple(map(ip_network, ("192.0.0.0/24", "192.88.99.0/24", "2001::/23", "3fff::/20")))


def may_ask(text: str, allowed: Sequence[str] = ()) -> bool:
    """Whether an address, as a resolver gives it, may be asked."""
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return False
    inner = _inner(address)
    return any(_is_in(one, network) for network in allowed for one in (address, inner)) or (
        _is_public(address) and _is_public(inner)
    )


def _is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether it is the public address of a machine, or only a way of writing the one inside."""
    if _is_translated(address):
        return True
    is_given = address.version == 4 or address in _UNICAST
    is_special = address.is_multicast or address.is_reserved or any(_is_in(address, str(one)) for one in _ALSO)
    return address.is_global and is_given and not is_special


def _is_translated(address: IPv4Address | IPv6Address) -> bool:
    """Whether it is only a way of writing the one inside."""
    return isinstance(address, IPv6Address) and (address in _NAT64 or address.ipv4_mapped is not None)


def _inner(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """The address of IPv4 to which one of IPv6 leads; else itself."""
    if isinstance(address, IPv4Address):
        return address
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    teredo = address.teredo[1] if address.teredo else None
    return address.ipv4_mapped or address.sixtofour or teredo or address


def _is_in(address: IPv4Address | IPv6Address, network: str) -> bool:
    inside = ip_network(network)
    return address.version == inside.version and address in inside
