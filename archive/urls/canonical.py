"""Canonical URLs, and comparisons of URLs by them."""

import ipaddress
import re
from urllib.parse import quote, unquote, urljoin

import idna

from archive.urls.session_ids import without_session, without_sessions

# Query parameters that say where a reader came from, not what the page shows. Names are compared in lower case.
TRACKING_PREFIXES = (
    "utm_",  # Google Analytics and most newsletters
    "mtm_", "matomo_", "pk_", "piwik_",  # Matomo
    "hsa_", "_hs",  # HubSpot
    "mc_",  # Mailchimp: mc_cid, mc_eid
    "oly_",  # Omeda
    "vero_",  # Vero
    "share_",  # share_token, share_source, share_medium … of Chinese apps
)  # fmt: skip
TRACKING_NAMES = frozenset(
    {
        "gclid", "gclsrc", "dclid", "gbraid", "wbraid", "srsltid", "_ga", "_gl",  # Google
        "fbclid", "igshid", "igsh", "msclkid", "yclid", "ysclid", "twclid", "ttclid", "li_fat_id", "epik",  # click ids
        "spm", "scm", "bd_vid", "hmsr", "hmpl", "hmcu", "hmkw", "hmci", "tdsourcetag",  # Alibaba, Baidu, Tencent
        "isappinstalled", "nsukey",  # WeChat share
        "wt.mc_id", "wt_mc", "mkt_tok", "ns_campaign", "ns_mchannel", "ns_source", "ns_linkname", "cmpid", "s_cid",
        "at_medium", "at_campaign",  # Piano, on feeds of the BBC
    }
)  # fmt: skip
# WeChat's `from` tells how a page was shared; elsewhere `from` can be an offset or a date, so only these values go.
TRACKING_VALUES = {"from": frozenset({"singlemessage", "timeline", "groupmessage"})}

_URL = re.compile(r"(https?):[/\\]{2,}([^/\\?#]*)([^?#]*)(?:\?([^#]*))?(?:#.*)?", re.IGNORECASE | re.DOTALL)
_HOST = re.compile(r"[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*")
_DEFAULT_PORTS = {"http": 80, "https": 443}
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
# `%u4E2D` is no escape of the standard, but IIS pages use it: it stays as it is. A bare % becomes %25, so that
# nothing decoded beside it can form a new escape (what idempotence rests on).
_PATH_CHAR = re.compile(r"%u[0-9A-Fa-f]{4}|%[0-9A-Fa-f]{2}|%|[^%A-Za-z0-9._~!$&'()*+,;=:@/-]+")
_QUERY_CHAR = re.compile(r"%u[0-9A-Fa-f]{4}|%[0-9A-Fa-f]{2}|%|[^%A-Za-z0-9._~!$&'()*+,;=:@/?-]+")
_SURROGATE = re.compile("[\ud800-\udfff]")
_INDEX = re.compile(r"/(?:index|default)\.(?:s?html?|xhtml)$", re.IGNORECASE)
# With a query these may be the program itself (`/index.php?id=3`), and `/` may be answered by another file.
_INDEX_PROGRAM = re.compile(r"/(?:index|default)\.(?:php|aspx?|jsp)$", re.IGNORECASE)
_PRINTABLE_ASCII = "".join(map(chr, range(0x21, 0x7F)))


def canonical_url(url: str) -> str:
    """Return the canonical form of an http(s) URL, under which a page is stored.

    Scheme and host in lower case, host in IDNA without a trailing dot, no default port, user name or fragment, dot
    segments resolved, percent-encoding normalised, no tracking or session parameters, no `index.html`. Query order
    stays, since sites differ. The function is idempotent. Raises ValueError, with a message of one sentence, if `url`
    is no http(s) URL.
    """
    parts = _URL.fullmatch(re.sub(r"[\t\r\n]", "", url.strip()))
    if not parts:
        raise ValueError(f"not an http or https URL: {_shown(url)}")
    scheme = parts[1].lower()
    host = _authority(parts[2], scheme, url)
    query = _query(parts[4] or "")
    return f"{scheme}://{host}{_path(parts[3], bool(query))}{'?' if query else ''}{query}"


def _shown(url: str) -> str:
    return repr(url if len(url) <= 100 else url[:99] + "…")


def _authority(authority: str, scheme: str, url: str) -> str:
    authority = authority.rpartition("@")[2]
    host, port = authority, ""
    if found := re.search(r":([0-9]*)$", authority):
        host, port = authority[: found.start()], found[1].lstrip("0")
    if len(port) > 5 or int(port or 0) > 65535:
        raise ValueError(f"no valid port in the URL {_shown(url)}")
    host = _host(host)
    if not host:
        raise ValueError(f"no valid host in the URL {_shown(url)}")
    return host if not port or int(port) == _DEFAULT_PORTS[scheme] else f"{host}:{port}"


def _host(host: str) -> str:
    """Return the host as sent in a request, "" if it is not valid."""
    try:
        if host.startswith("[") and host.endswith("]") and "%" not in host:
            return f"[{ipaddress.IPv6Address(host[1:-1]).compressed}]"
        host = unquote(host[:1_000]).lower()
        if not host.isascii():
            host = idna.encode(host, uts46=True).decode("ascii").lower()
    except ValueError:  # AddressValueError, IDNAError and UnicodeError are ValueErrors
        return ""
    host = host.removesuffix(".")
    return host if len(host) <= 253 and _HOST.fullmatch(host) else ""


def _escaped(match: re.Match[str]) -> str:
    found = match[0]
    if found.startswith("%u"):
        return found
    if found.startswith("%") and len(found) == 3:
        char = chr(int(found[1:], 16))
        return char if char in _UNRESERVED else found.upper()
    return quote(found, safe="")


def _path(path: str, has_query: bool) -> str:
    path = _PATH_CHAR.sub(_escaped, _SURROGATE.sub("\ufffd", path.replace("\\", "/")))
    path = _without_dots(without_session(path))
    path = _INDEX.sub("/", path)
    return path if has_query else _INDEX_PROGRAM.sub("/", path)


def _without_dots(path: str) -> str:
    kept: list[str] = []
    segments = path.split("/")[1:]
    for segment in segments:
        if segment == "..":
            del kept[-1:]
        elif segment != ".":
            kept.append(segment)
    if segments and segments[-1] in (".", ".."):
        kept.append("")
    return "/" + "/".join(kept)


def _query(query: str) -> str:
    query = _QUERY_CHAR.sub(_escaped, _SURROGATE.sub("\ufffd", query))
    # feeds that escape twice leave `&amp;` as a separator
    pieces = (re.sub(r"^(?:amp;)+", "", piece) for piece in query.split("&"))
    return "&".join(without_sessions([piece for piece in pieces if piece and not _is_tracking(piece)]))


def _is_tracking(piece: str) -> bool:
    name, _, value = piece.partition("=")
    name = unquote(name).lower()
    return name.startswith(TRACKING_PREFIXES) or name in TRACKING_NAMES or value in TRACKING_VALUES.get(name, ())


def resolve(href: str, base: str, encoding: str = "utf-8") -> str | None:
    """Return the canonical URL of a link on the page `base`, or None if it leads to no page.

    None stands for an empty link, a fragment, `javascript:`, `mailto:`, `tel:`, `data:` or any other scheme. As
    browsers do, characters beyond ASCII in the query are sent in the page's `encoding`.
    """
    href = href.strip()
    if not href or href.startswith("#"):
        return None
    path, mark, query = href.partition("?")
    query = quote(query, safe=_PRINTABLE_ASCII, encoding=encoding, errors="xmlcharrefreplace")
    try:
        return canonical_url(urljoin(base, path + mark + query))
    except ValueError:
        return None


def host_of(url: str) -> str:
    """Return the host of the canonical URL, without the port; "" if `url` is no http(s) URL."""
    try:
        authority = canonical_url(url).split("/")[2]
    except ValueError:
        return ""
    return re.sub(r":\d+$", "", authority)


def same_host(one: str, other: str) -> bool:
    """Return whether two URLs have the same host, apart from a leading `www.`."""
    return host_of(one).removeprefix("www.") == host_of(other).removeprefix("www.") != ""


def canonical_link(href: str, url: str) -> str | None:
    """Return the canonical URL that the page at `url` declares by `<link rel=canonical href=…>`.

    None when it is on another host, or names the home page while `url` is another page (a common mistake of templates
    that would fold a whole site into one page).
    """
    target = resolve(href, url)
    if target is None or not same_host(target, url):
        return None
    return None if _is_home(target) and not _is_home(url) else target


def _is_home(url: str) -> bool:
    return canonical_url(url).count("/") == 3 and canonical_url(url).endswith("/")
