"""Variants of a URL, which lead to one page on many sites and to two on others."""

import re
from urllib.parse import SplitResult, urlsplit

from archive.urls.session_ids import is_article_id, name_and_value

# Names that mostly say where a reader came from. Some sites give them another meaning, so they stay in canonical URLs.
# Their values may differ between variants.
REFERRAL_NAMES = frozenset(
    {
        "campaign", "feed", "from", "medium", "origin", "ref", "ref_src", "refer", "referer", "referrer", "rss",
        "share", "source", "spm_id_from", "src", "tracking", "trk", "via",
    }
)  # fmt: skip
_DEFAULT_PORTS = re.compile(r":(?:80|443)$")
_PROGRAM = re.compile(r"/(?:index|default)\.(?:php|aspx?|jsp)$", re.IGNORECASE)

Parameters = dict[str, list[str]]


def are_variants(one: str, other: str) -> bool:
    """Return whether two canonical URLs may lead to the same page; only the site can show whether they do.

    Variants differ by http or https, `www.`, a slash or the program of an index at the end of the path, the order of
    parameters, and parameters that one of them lacks. A parameter that may identify an article is never lacking, and
    values differ only under REFERRAL_NAMES. Of the home page there are variants by the latter only.
    """
    first, second = urlsplit(one), urlsplit(other)
    if _place(first) != _place(second):
        return False
    in_first, in_second = _parameters(first), _parameters(second)
    differing = {
        name for name in in_first.keys() | in_second.keys() if in_first.get(name) != in_second.get(name)
    } - REFERRAL_NAMES
    if differing & in_first.keys() & in_second.keys() or (differing and not _place(first)[1]):
        return False
    return not any(_identifies(name, values) for name, values in (in_first | in_second).items() if name in differing)


def lacking_names(one: str, other: str) -> frozenset[str]:
    """Return the names of the parameters that one of two variants lacks, without REFERRAL_NAMES."""
    return (parameter_names(one) ^ parameter_names(other)) - REFERRAL_NAMES


def parameter_names(url: str) -> frozenset[str]:
    """Return the names of the parameters of a canonical URL, in lower case and without brackets."""
    return frozenset(_parameters(urlsplit(url)))


def plainness(url: str) -> tuple[int, bool]:
    """Return a key by which the plainest of several variants is the least: few parameters, then https."""
    parts = urlsplit(url)
    return len(parts.query.split("&")) if parts.query else 0, parts.scheme != "https"


def _place(parts: SplitResult) -> tuple[str, str, str]:
    """Return what variants share: the host, the path and the route of a script."""
    host = _DEFAULT_PORTS.sub("", parts.netloc).removeprefix("www.")
    return host, _PROGRAM.sub("/", parts.path).removesuffix("/"), parts.fragment


def _parameters(parts: SplitResult) -> Parameters:
    found: Parameters = {}
    for piece in filter(None, parts.query.split("&")):
        name, value = name_and_value(piece)
        found.setdefault(name, []).append(value)
    return {name: sorted(values) for name, values in found.items()}


def _identifies(name: str, values: list[str]) -> bool:
    """Whether a parameter may identify an article, also without a name: `?12345`."""
    return any(is_article_id(name, value) or (not value and any(map(str.isdigit, name))) for value in values)
