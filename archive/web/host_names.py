"""Names and addresses in a Host header (RFC 9110, section 7.2). Pure functions."""

import re
from ipaddress import IPv6Address, ip_address

_HOST = re.compile(r"(?:\[(?P<v6>[0-9A-Fa-f:.]{2,45})\]|(?P<name>[A-Za-z0-9._-]{1,253}))(?::[0-9]{0,5})?")
LOCALHOST = "localhost"  # names below it, x.localhost, are left to the resolver by some browsers


def host_name(header: str) -> str | None:
    """Return the host of a Host header without port, brackets and trailing dot, in lower case; None if it has none.

    Addresses are in their shortest form; an IPv4 address in an IPv6 address is the IPv4 address.
    """
    match = _HOST.fullmatch(header)
    if match is None:
        return None
    if match["v6"]:
        return address(match["v6"])
    name = match["name"].lower().removesuffix(".")
    return (address(name) or name) if name else None


def address(text: str) -> str | None:
    """Return the IP address in its shortest form, or None if the text is none."""
    try:
        found = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    mapped = found.ipv4_mapped if isinstance(found, IPv6Address) else None
    return str(mapped or found)


def is_loopback(name: str) -> bool:
    """Return whether a name from `host_name` is a loopback address or localhost."""
    return name == LOCALHOST or (address(name) is not None and ip_address(name).is_loopback)


def typed_name(text: str) -> str | None:
    """Return the name that a person typed as `host_name` returns it, international ones in ASCII; None if invalid."""
    bare = f"[{text}]" if text.count(":") > 1 and not text.startswith("[") else text
    try:
        return host_name(bare if bare.isascii() else bare.encode("idna").decode("ascii"))
    except UnicodeError:
        return None
