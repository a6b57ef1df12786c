"""Canonical URLs, and comparisons of URLs by them."""

import ipaddress
import re
from functools import lru_cache
from urllib.parse import quote, unquote

import idna

from archive.urls.session_ids import without_session, without_sessions
from archive.urls.users import without_user
from archive.urls.wechat import article_pieces

# Query parameters that say where a reader came from, not what the page shows. Whole names are compared, in lower case:
# `pk_id`, `mc_id` and `share_id` name content.
_CAMPAIGN = ("campaign", "cid", "content", "group", "keyword", "kwd", "medium", "placement", "source")
TRACKING_NAMES = frozenset(
    {
        *(f"{prefix}_{name}" for prefix in ("mtm", "matomo", "pk", "piwik") for name in _CAMPAIGN),  # Matomo
        "gclid", "gclsrc", "dclid", "gbraid", "wbraid", "srsltid", "_ga", "_gl",  # Google
        "fbclid", "igshid", "igsh", "msclkid", "yclid", "ysclid", "twclid", "ttclid", "li_fat_id", "epik",  # click ids
        "_hsenc", "_hsmi", "__hssc", "__hstc", "__hsfp", "hsctatracking", "hsa_acc", "hsa_ad", "hsa_cam", "hsa_grp",
        "hsa_kw", "hsa_la", "hsa_mt", "hsa_net", "hsa_ol", "hsa_src", "hsa_tgt", "hsa_ver",  # HubSpot
        "mc_cid", "mc_eid", "mc_tc",  # Mailchimp
        "oly_anon_id", "oly_enc_id", "vero_conv", "vero_id",  # Omeda, Vero
        "spm", "bd_vid", "hmsr", "hmpl", "hmcu", "hmkw", "hmci", "tdsourcetag",  # Alibaba, Baidu, Tencent
        "share_channel", "share_from", "share_medium", "share_plat", "share_session_id", "share_source", "share_tag",
        "share_times", "share_token",  # Chinese apps
        "isappinstalled", "nsukey",  # WeChat share
        "wt.mc_id", "wt_mc", "mkt_tok", "ns_campaign", "ns_mchannel", "ns_source", "ns_linkname", "cmpid", "s_cid",
        "at_bbc_team", "at_campaign", "at_link_id", "at_link_origin", "at_link_type", "at_medium", "at_ptr_name",
    }
)  # fmt: skip
# Newsletters add words of their own to those of Google Analytics. The exceptions are Universal Transverse Mercator
# coordinates.
_GOOGLE_ANALYTICS = re.compile(r"utm_(?!(?:zone|easting|northing|[xyen])$).+")
# WeChat's `from` tells how a page was shared; elsewhere `from` can be an offset or a date, so only these values go.
TRACKING_VALUES = {"from": frozenset({"singlemessage", "timeline", "groupmessage"})}

_URL = re.compile(r"(https?):[/\\]*([^/\\?#]*)([^?#]*)(?:\?([^#]*))?(?:#(.*))?", re.IGNORECASE | re.DOTALL)
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_CONTROLS = "".join(map(chr, range(0x21)))
# A fragment `#!/news/1` is the address of a page that a script shows; any other is a place on the page.
_ROUTE = re.compile(r"!/?[^/].*", re.DOTALL)
_HOST = re.compile(r"[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*")
_DEFAULT_PORTS = {"http": 80, "https": 443}
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
# `%u4E2D` is no escape of the standard, but IIS pages use it: it stays as it is. A bare % becomes %25, so that
# nothing decoded beside it can form a new escape (what idempotence rests on).
_PATH_CHAR = re.compile(r"%u[0-9A-Fa-f]{4}|%[0-9A-Fa-f]{2}|%|[^%A-Za-z0-9._~!$&'()*+,;=:@/-]+")
_ROUTE_CHAR = re.compile(r"%[0-9A-Fa-f]{2}|%|[^%A-Za-z0-9._~!$&'()*+,;=:@/?-]+")
_QUERY_CHAR = re.compile(r"%u[0-9A-Fa-f]{4}|%[0-9A-Fa-f]{2}|%|[^%A-Za-z0-9._~!$&'()*+,;=:@/?-]+")
_SURROGATE = re.compile("[\ud800-\udfff]")
_INDEX = re.compile(r"/(?:index|default)\.(?:s?html?|xhtml)$", re.IGNORECASE)
# With a query these may be the program itself (`/index.php?id=3`), and `/` may be answered by another file.
_INDEX_PROGRAM = re.compile(r"/(?:index|default)\.(?:php|aspx?|jsp)$", re.IGNORECASE)
_PRINTABLE_ASCII = "".join(map(chr, range(0x21, 0x7F)))


@lru_cache(maxsize=1024)  # a crawl asks for that of a page some twenty times
def canonical_url(url: str) -> str:
    """Return the canonical form of an http(s) URL, under which a page is stored.

    Scheme and host in lower case, host in IDNA without a trailing dot, no default port or user name, no fragment but a
    `#!` route, dot segments resolved, percent-encoding normalised, no tracking or session parameters, no `index.html`.
    Query order stays, since sites differ; of a WeChat article only what identifies it stays. The function
    is idempotent. Raises ValueError, with a message of one sentence, if `url` is no http(s) URL.
    """
    parts = _URL.fullmatch(_cleaned(url))
    if not parts:
        raise ValueError(f"not an http or https URL: {_shown(url)}")
    scheme = parts[1].lower()
    host = _authority(parts[2], scheme, url)
    query = _query(parts[4] or "", host, parts[3])
    path, route = _path(parts[3], bool(query)), _route(parts[5] or "")
    return f"{scheme}://{host}{path}{'?' if query else ''}{query}{route}"


def canonical_or_none(url: str) -> str | None:
    """Return the canonical form of an http(s) URL, None for what is none."""
    try:
        return canonical_url(url)
    except ValueError:
        return None


def _cleaned(url: str) -> str:
    """Return a printed URL as browsers read it: without white space around it and line breaks and tabs inside."""
    return re.sub(r"[\t\r\n]", "", url.strip().strip(_CONTROLS))


def _route(fragment: str) -> str:
    if not _ROUTE.fullmatch(fragment):
        return ""
    return "#" + _ROUTE_CHAR.sub(_escaped, _SURROGATE.sub("\ufffd", fragment))


def _shown(url: str) -> str:
    url = without_user(url)
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


def _query(query: str, host: str, path: str) -> str:
    query = _QUERY_CHAR.sub(_escaped, _SURROGATE.sub("\ufffd", query))
    # feeds that escape twice leave `&amp;` as a separator
    pieces = (re.sub(r"^(?:amp;)+", "", piece) for piece in query.split("&"))
    kept = without_sessions([piece for piece in pieces if piece and not _is_tracking(piece)])
    return "&".join(article_pieces(host, path, kept))


def _is_tracking(piece: str) -> bool:
    name, _, value = piece.partition("=")
    name = unquote(name).lower()
    is_name = name in TRACKING_NAMES or _GOOGLE_ANALYTICS.fullmatch(name)
    return bool(is_name) or value in TRACKING_VALUES.get(name, ())


def join(href: str, base: str) -> str:
    """Return the absolute form of a link on the page `base`, as the URL Standard (https://url.spec.whatwg.org) does.

    Other than urllib's, it takes backslashes for slashes, any number of slashes above one for the start of a host, and
    leaves empty segments in a path. Where neither is an http(s) URL the result is none either.
    """
    href, parts = _cleaned(href), _URL.fullmatch(_cleaned(base))
    scheme = _SCHEME.match(href)
    if not parts or (scheme and scheme[1].lower() != parts[1].lower()):
        return href
    rest = href[scheme.end() :] if scheme else href
    slashes = len(rest) - len(rest.lstrip("/\\"))
    if slashes > 1:
        return f"{parts[1]}://{rest[slashes:]}"
    origin, path = f"{parts[1]}://{parts[2]}", parts[3].replace("\\", "/")
    if slashes:
        return origin + rest
    if rest.startswith("?"):
        return origin + path + rest
    if not rest or rest.startswith("#"):
        return origin + path + ("" if parts[4] is None else f"?{parts[4]}") + rest
    return f"{origin}{path.rpartition('/')[0]}/{rest}"


def resolve(href: str, base: str, encoding: str = "utf-8") -> str | None:
    """Return the canonical URL of a link on the page `base`, or None if it leads to no page.

    None stands for an empty link, a fragment that is no route, `javascript:`, `mailto:`, `tel:`, `data:` or any other
    scheme. As browsers do, characters beyond ASCII in the query are sent in the page's `encoding`.
    """
    href = _cleaned(href)
    if not href or (href.startswith("#") and not _ROUTE.fullmatch(href[1:])):
        return None
    address, hash_mark, fragment = href.partition("#")
    path, mark, query = address.partition("?")
    if encoding.lower().startswith("utf-16"):
        encoding = "utf-8"
    query = quote(query, safe=_PRINTABLE_ASCII, encoding=encoding, errors="xmlcharrefreplace")
    try:
        return canonical_url(join(path + mark + query + hash_mark + fragment, base))
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
