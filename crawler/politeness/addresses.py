"""Which IP addresses are public: every other one is refused, in whatever form it is written."""

import ipaddress
import socket

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

# The special-purpose registries of IANA (RFC 6890). `is_global` differs between versions of Python, and takes multicast
# addresses for public.
_REFUSED_4 = tuple(
    map(
        ipaddress.IPv4Network,
        (
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
            "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24",
            "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
        ),
    )
)  # fmt: skip
_GLOBAL_6 = ipaddress.IPv6Network("2000::/3")  # all that is assigned to hosts so far
_REFUSED_6 = tuple(map(ipaddress.IPv6Network, ("2001::/23", "2001:db8::/32", "3fff::/20")))
_TRANSLATED = ipaddress.IPv6Network("64:ff9b::/96")  # NAT64: the last 32 bits are an IPv4 address


def is_public(address: str) -> bool:
    """Whether an IP address is publicly routable, and so is each IPv4 address that it has inside.

    Raises ValueError if it is no address in the usual form.
    """
    ip = ipaddress.ip_address(address)
    if isinstance(ip, ipaddress.IPv4Address):
        return not any(ip in network for network in _REFUSED_4)
    inside = _inside(ip)
    if inside:
        return all(is_public(str(inner)) for inner in inside)
    return ip in _GLOBAL_6 and not any(ip in network for network in _REFUSED_6)


def _inside(ip: ipaddress.IPv6Address) -> tuple[ipaddress.IPv4Address, ...]:
    """Return the IPv4 addresses that packets to an IPv6 address are sent on to."""
    if ip.ipv4_mapped:
        return (ip.ipv4_mapped,)
    if ip.sixtofour:
        return (ip.sixtofour,)
    if ip.teredo:
        return ip.teredo
    return (ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF),) if ip in _TRANSLATED else ()


def literal(host: str) -> str | None:
    """Return the address that a URL's host is, in the usual form; None for a name.

    Browsers and C libraries read `127.1`, `0x7f.1`, `0177.0.0.1` and `2130706433` as addresses too.
    """
    host = host.strip("[]").rstrip(".")
    try:
        return str(ipaddress.ip_address(host))
    except ValueError:
        pass
    try:
        return socket.inet_ntoa(socket.inet_aton(host)) if host[:1].isdigit() else None
    except (OSError, UnicodeError):
        return None
