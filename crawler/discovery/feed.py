"""Read feeds: RSS 0.9x to 2.0, RSS 1.0 (RDF), Atom and JSON Feed."""

import html
import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from archive.text.scripts import HAN
from archive.urls.canonical import host_of, join, resolve
from crawler.discovery.dates import read_date
from crawler.discovery.gzipped import unpacked
from crawler.discovery.json_feed import read_json_feed
from crawler.discovery.models import DiscoveredLink, DiscoveryResult, build_result
from crawler.discovery.xml import read_elements, text_of, url_text

_ENTRIES = frozenset({"item", "entry"})
_ROOTS = frozenset({"rss", "rdf", "feed"})
_XML_BASE = "{http://www.w3.org/XML/1998/namespace}base"
_RDF_RESOURCE = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}resource"
# A relation may be given as an address (RFC 4287, 4.2.7.2), of which two forms are in use.
_IANA_RELATION = re.compile(
    r"https?://www\.iana\.org/assignments/(?:link-relations|relation)(?:/|\.html)?#?/?", re.IGNORECASE
)
_RDF_ABOUT = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about"
# Namespaces that are read besides the entry's own; others (media, itunes, …) use the same names for other things.
_PREFIXES = {
    "http://www.w3.org/2005/Atom": "atom",
    "http://purl.org/dc/elements/1.1/": "dc",
    "http://prismstandard.org/namespaces/basic/2.0/": "prism",
    "http://prismstandard.org/namespaces/1.2/basic/": "prism",
    "http://purl.org/dc/terms/": "dcterms",
    "http://rssnamespace.org/feedburner/ext/1.0": "feedburner",
    "http://www.pheedo.com/namespace/pheedo": "pheedo",
}
_DATES = (
    "pubdate", "published", "atom:published", "dc:date", "dcterms:issued", "dcterms:created", "issued", "created",
    "prism:publicationdate", "date", "updated", "atom:updated", "modified", "dcterms:modified",
)  # fmt: skip
_CHANGES = ("updated", "atom:updated", "modified", "dcterms:modified")
# Whose abbreviation CST is the time of China.
_CHINESE_DOMAINS = (".cn", ".tw", ".hk", ".mo")
_HAN = re.compile(f"[{HAN}]")
_TAG = re.compile(r"</?[A-Za-z][^<>]{0,500}>")


def read_feed(body: bytes, url: str, content_type: str = "") -> DiscoveryResult:
    """Return the articles of a feed fetched from `url`; `content_type` is the HTTP header. Never raises.

    The URL of an entry is the first of: the target of a FeedBurner link, its links to HTML pages (one per language),
    its content elsewhere, its permanent id. Media, enclosures and comments are ignored. A malformed feed gives what
    can be read and a warning; an HTML page gives no links and a warning.
    """
    body, warnings = unpacked(body)
    if (found := read_json_feed(body, url)) is not None:
        return build_result(list(found.links), [*warnings, *found.warnings])
    root, links, problems = read_elements(body, _ENTRIES, lambda entry: _links(entry, url), content_type)
    if root not in _ROOTS:
        problems.append("an HTML page, not a feed" if root == "html" else "not a feed")
    return build_result(links, [*warnings, *problems])


def _links(entry: Any, url: str) -> list[DiscoveredLink]:
    fields: dict[str, list[Any]] = {}
    for child in entry:
        fields.setdefault(_field(child, entry), []).append(child)
    title = _title(fields)
    is_chinese = host_of(url).endswith(_CHINESE_DOMAINS) or bool(_HAN.search(title or ""))
    published = _date(fields, _DATES, is_chinese)
    modified = _date(fields, _CHANGES, is_chinese) or published
    return [
        DiscoveredLink(url=link_url, title=title, published=published, modified=modified)
        for link_url in _urls(entry, fields, url)
    ]


def _date(fields: dict[str, list[Any]], names: Iterable[str], is_chinese: bool) -> datetime | None:
    texts = (text_of(e) for name in names for e in fields.get(name, ()))
    return next((date for text in texts if (date := read_date(text, is_chinese=is_chinese))), None)


def _field(child: Any, entry: Any) -> str:
    """Return the name of an entry's child in lower case: plain in the entry's own namespace, else with a prefix."""
    if not isinstance(child.tag, str):
        return ""
    namespace, brace, name = child.tag.rpartition("}")
    if not brace or entry.tag.startswith(namespace + brace):
        return name.lower()  # an undeclared prefix is still part of the name
    return f"{_PREFIXES.get(namespace[1:], 'other')}:{name.lower()}"


def _title(fields: dict[str, list[Any]]) -> str | None:
    text = next(
        (text for name in ("title", "atom:title", "dc:title") for e in fields.get(name, ()) if (text := text_of(e))), ""
    )
    return " ".join(_TAG.sub("", html.unescape(text)).split()) or None


def _urls(entry: Any, fields: dict[str, list[Any]], url: str) -> list[str]:
    base = _base(entry, url)
    for hrefs in (
        (url_text(e) for name in ("feedburner:origlink", "pheedo:origlink") for e in fields.get(name, ())),
        (_href(e, base) for name in ("link", "atom:link") for e in fields.get(name, ())),
        (e.get("src", "") for e in fields.get("content", ()) if "html" in e.get("type", "").lower()),
        _permanent_ids(entry, fields),
    ):
        found = [link_url for href in hrefs if (link_url := resolve(href, base))]
        if found:
            return list(dict.fromkeys(found))
    return []


def _href(link: Any, base: str) -> str:
    """Return the target of a link to an HTML page, resolved by its own base; empty for other links."""
    relations = [_IANA_RELATION.sub("", name) for name in link.get("rel", "").lower().split()]
    if (relations and "alternate" not in relations) or "html" not in link.get("type", "html").lower():
        return ""
    href = link.get("href") or url_text(link) or link.get(_RDF_RESOURCE, "")
    own_base = link.get(_XML_BASE)
    return join(href, join(own_base, base)) if own_base and href else href


def _permanent_ids(entry: Any, fields: dict[str, list[Any]]) -> Iterable[str]:
    ids = [e for e in fields.get("guid", ()) if e.get("isPermaLink", "true").strip().lower() != "false"]
    texts = [*(url_text(e) for e in (*ids, *fields.get("id", ()))), entry.get(_RDF_ABOUT, "")]
    return (text for text in texts if text.lower().startswith(("http://", "https://")))


def _base(entry: Any, url: str) -> str:
    bases = [e.get(_XML_BASE) for e in (entry, *entry.iterancestors()) if e.get(_XML_BASE)]
    for base in reversed(bases):
        url = join(base, url)
    return url
