"""Recognise URLs of papers and trials, and read identifier and journal from the URL."""

import re
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import parse_qs, unquote, urlsplit

from archive.references import identifiers
from archive.references.identifiers import Identifier
from archive.text.word_lists import read_word_list

_DOI_PATH = re.compile(r"/10\.\d{4}|[=/]10(?:\.|%2[Ee])\d{4}")


class WorkLink(NamedTuple):
    """A URL of a paper or trial; `container` is the journal of the site, or None."""

    url: str
    identifier: Identifier | None
    container: str | None


_DATA = read_word_list("archive.references", "publishers")
_PATHS: dict[str, re.Pattern[str]] = {host: re.compile(path) for host, path in _DATA["paths"].items()}
_NEVER = tuple(_DATA["never"])
_JOURNALS: dict[str, str] = _DATA["journals"]
_DOIS: dict[str, tuple[re.Pattern[str], str]] = {
    host: (re.compile(path), doi) for host, (path, doi) in _DATA["dois"].items()
}
_WRAPPERS = re.compile(r"[?&](?:url|u|target|q|to)=(https?(?::|%3[Aa])[^&#]{8,1000})")


def read_link(href: str) -> WorkLink | None:
    """Return the paper or trial at an absolute http(s) URL, or None for any other page."""
    start = href[:60].partition("//")[2] and href.split("/", 3)[2]
    if not start or len(href) > 2000:
        return None
    if "=http" in href and (wrapped := _WRAPPERS.search(href)):
        return read_link(unquote(wrapped[1]))
    if not _is_listed(start) and not ("10." in href and _DOI_PATH.search(href)):
        return None
    try:
        parts = urlsplit(href)
        host = (parts.hostname or "").removeprefix("www.")
    except ValueError:  # an unclosed bracket in the host
        return None
    if parts.scheme not in {"http", "https"} or not host or host.endswith(_NEVER):
        return None
    site = next((name for name in _parents(host) if name in _PATHS), None)
    journal = _journal(host, parts.path)
    if found := identifiers.from_url(href) or _derived(host, parts.path, parts.query):
        if found.kind != "doi" or site or _is_resolver(host, parts.path):
            return WorkLink(href, found, journal)
        return None
    if site and _PATHS[site].search(parts.path):
        return WorkLink(href, None, journal)
    return None


@lru_cache(maxsize=4096)
def _is_listed(host: str) -> bool:
    """Return whether publishers.toml lists a host (with or without `www.` and port); most links of a page end here."""
    return any(name in _PATHS or name in _DOIS for name in _parents(host.lower().partition(":")[0]))


def _is_resolver(host: str, path: str) -> bool:
    """Return whether a URL with a DOI is the work's page, not a search for it or a share button."""
    return host.endswith("doi.org") or bool(re.search(r"/(?:doi|articles?|content|chapter|abs|full|science)/", path))


def _parents(host: str) -> list[str]:
    """Return the names under which a host may be listed: `journals.example.org`, `example.org`."""
    labels = host.split(".")
    return [".".join(labels[at:]) for at in range(len(labels) - 1)]


def _derived(host: str, path: str, query: str) -> Identifier | None:
    """Return the identifier where a site's URLs hold the suffix of the DOI only, or a number in the query."""
    for name in _parents(host):
        if name in _DOIS:
            pattern, template = _DOIS[name]
            match = pattern.search(path)
            doi = identifiers.normalise_doi(template.format(match[1])) if match else None
            if doi:
                return Identifier("doi", doi)
    values = parse_qs(query) if "chictr" in host or "id=" in query else {}
    if host.endswith("chictr.org.cn"):
        number = next((value for key in values for value in values[key] if value.lower().startswith("chictr")), "")
        value = identifiers.normalise("chictr", number or path.rpartition("/")[2])
        return Identifier("chictr", value) if value else None
    return None


def _journal(host: str, path: str) -> str | None:
    """Return the journal of a host or of the beginning of its path, by the longest listed prefix.

    JAMA's addresses with a DOI name one of its journals, but not always the paper's own.
    """
    if "/10.1001/" in path:
        return None
    address = f"{host}{path}".rstrip("/") + "/"
    ends = [at for at, char in enumerate(address[:120]) if char == "/"][:4]
    return next((_JOURNALS[address[:at]] for at in reversed(ends) if address[:at] in _JOURNALS), None)
