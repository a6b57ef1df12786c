"""Read the structured data of a page: JSON-LD, microdata, RDFa, Open Graph and meta tags."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from html import unescape
from typing import Any

from lxml.html import HtmlElement

from archive.dom.tree import fold
from archive.extraction.json_repair import load_values
from archive.extraction.page_lines import PageLines
from archive.text.characters import comparison_key

ARTICLE_TYPES = frozenset(
    [
        "article",
        "newsarticle",
        "blogposting",
        "medicalwebpage",
        "medicalscholarlyarticle",
        "scholarlyarticle",
        "techarticle",
        "report",
        "reportagenewsarticle",
        "analysisnewsarticle",
        "opinionnewsarticle",
        "advertisercontentarticle",
        "socialmediaposting",
        "liveblogposting",
        "videoobject",
        "webpage",
        "howto",
        "recipe",
        "qapage",
    ]
)
_PAGE_TYPES = frozenset({"webpage", "medicalwebpage", "qapage", "videoobject", "howto", "recipe"})
_MAX_SCRIPT = 500_000
# Characters of a meta content that are kept: keyword spam and embedded data may be megabytes.
MAX_CONTENT = 2_000
# Properties whose value is another work than the article.
_OTHER_WORK = re.compile(
    r"\b(?:citation|comment|reviews?|mentions|itemListElement|isPartOf|hasPart|relatedLink|suggestedAnswer|isBasedOn)\b",
    re.IGNORECASE,
)
_ARTICLE_TYPE = re.compile(r"Article|Posting|Report\b", re.IGNORECASE)
# Characters. An element of an article type with less text and another headline than the page's is a teaser.
_TEASER = 600
PERSON_TYPE = re.compile(r"person")
ORGANISATION_TYPE = re.compile(r"organi[sz]ation|corporation|business|newsmedia", re.IGNORECASE)
_BROKEN_FIELD = re.compile(
    r'"(headline|datePublished|dateModified|articleSection|description)"\s*:\s*"((?:[^"\\\n]|\\.){1,500})"'
)
_BEFORE_PATH = re.compile(r"^(?:https?:)?//[^/]*", re.IGNORECASE)
# Properties of schema.org and Dublin Core that are read outside meta tags.
_PROPERTIES = {
    "headline": "headline",
    "datepublished": "datepublished",
    "issued": "datepublished",
    "datecreated": "datecreated",
    "datemodified": "datemodified",
    "modified": "datemodified",
    "author": "author",
    "creator": "author",
    "publisher": "publisher",
    "articlesection": "articlesection",
}
_VOCABULARY = re.compile(r"^.*[/#:](?=.)")
_CONTROL = re.compile("[\x00-\x1f]")


@dataclass(frozen=True, slots=True)
class StructuredData:
    """The best JSON-LD article, all JSON-LD nodes, the contents of meta tags by name, and microdata by property."""

    article: Mapping[str, Any] = field(default_factory=dict)
    nodes: tuple[Mapping[str, Any], ...] = ()
    meta: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    items: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def first(self, *names: str) -> str | None:
        """Return the first non-empty meta content for `names` (lower case), in their order."""
        return next((value for name in names for value in self.meta.get(name, ()) if value), None)


def read_structured_data(page: PageLines, url: str = "") -> StructuredData:
    """Return the structured data of a page; from broken JSON the fields that can still be read."""
    nodes = tuple(_json_nodes(page.metadata["script"]))
    is_own = _ScopeFilter(page).is_own
    items = _properties((names, element) for names, element in page.properties if is_own(element))
    metas = (meta for meta in page.metadata["meta"] if meta.get("itemprop") is None or is_own(meta))
    return StructuredData(_best_article(nodes, url), nodes, _meta(metas), items)


class _ScopeFilter:
    """Tells the microdata of the article from those of cited works, comments and teasers of other articles."""

    def __init__(self, page: PageLines) -> None:
        self._title = comparison_key(
            " ".join(title.text_content()[:MAX_CONTENT] for title in page.metadata["title"][:1])
        )
        self._scopes: dict[HtmlElement, bool] = {}

    def is_own(self, element: HtmlElement) -> bool:
        """Return whether an element with a property is the article's."""
        for holder in element.iterancestors():
            if _OTHER_WORK.search(holder.get("itemprop") or ""):
                return False
            if holder.get("itemscope") is not None and _ARTICLE_TYPE.search(holder.get("itemtype") or ""):
                if holder not in self._scopes:
                    self._scopes[holder] = self._is_article(holder)
                return self._scopes[holder]
        return True

    def _is_article(self, scope: HtmlElement) -> bool:
        """Return whether a scope has no headline, that of the page, an `h1` or the text of an article."""
        headline = next(scope.iterfind(".//*[@itemprop='headline']"), None)
        if headline is None or scope.find(".//h1") is not None:
            return True
        key = comparison_key((headline.get("content") or str(headline.text_content()))[:MAX_CONTENT])
        return key in self._title or len(str(scope.text_content())) >= _TEASER


def _json_nodes(scripts: Iterable[HtmlElement]) -> Iterator[Mapping[str, Any]]:
    for script in scripts:
        kind = (script.get("type") or "").strip().lower()
        if kind.startswith("application/ld+json"):
            source = script.text
            if source and len(source) <= _MAX_SCRIPT:
                yield from _flatten(_load(source))


def _load(source: str) -> list[Any]:
    """Return the values of a script: as it is, repaired, or with HTML escapes undone; else the readable fields."""
    values = load_values(source) or (load_values(unescape(source)) if "&quot;" in source else [])
    if any(isinstance(value, (dict, list)) for value in values):
        return values
    return [{"@type": "Article", **{name: _unquote(value) for name, value in _BROKEN_FIELD.findall(source)}}]


def _unquote(value: str) -> str:
    try:
        return str(json.loads(f'"{value}"', strict=False))
    except ValueError:
        return value


def _flatten(value: Any, depth: int = 0) -> Iterator[Mapping[str, Any]]:
    """Yield the objects at the top level, in lists, and under @graph, mainEntity and the only article of hasPart."""
    if depth > 5:
        return
    if isinstance(value, list):
        for item in value:
            yield from _flatten(item, depth + 1)
    elif isinstance(value, dict):
        yield value
        for key in ("@graph", "mainEntity", "mainEntityOfPage"):
            yield from _flatten(value.get(key), depth + 1)
        parts = value.get("hasPart")
        listed = parts[:50] if isinstance(parts, list) else [parts]
        articles = [part for part in listed if isinstance(part, dict) and types_of(part) & ARTICLE_TYPES]
        yield from _flatten(articles if len(articles) == 1 else None, depth + 1)


def types_of(node: Mapping[str, Any]) -> set[str]:
    """Return a node's schema.org types in lower case, without the vocabulary's URL or prefix (`schema:`)."""
    kinds = node.get("@type")
    listed = kinds if isinstance(kinds, list) else [kinds]
    return {_VOCABULARY.sub("", str(kind)[:100]).strip().lower() for kind in listed if kind}


def _best_article(nodes: tuple[Mapping[str, Any], ...], url: str) -> Mapping[str, Any]:
    """Return the article node about this page, else the first article node, else the first node about a page."""
    articles = [node for node in nodes if types_of(node) & (ARTICLE_TYPES - _PAGE_TYPES)]
    own = [node for node in articles if len(articles) > 1 and _is_about(node, url)]
    pages = [node for node in nodes if types_of(node) & _PAGE_TYPES and ("datePublished" in node or "headline" in node)]
    return next(iter(own + articles + pages), {})


def _is_about(node: Mapping[str, Any], url: str) -> bool:
    whole = node.get("mainEntityOfPage")
    page = whole.get("@id") if isinstance(whole, dict) else whole
    path = _path(url)
    return len(path) > 1 and any(isinstance(a, str) and _path(a) == path for a in (page, node.get("url")))


def _path(address: str) -> str:
    """Return a URL without scheme, host, query and fragment, for comparison."""
    return _BEFORE_PATH.sub("", address.split("?")[0].split("#")[0]).rstrip("/")


def names_of(structured: StructuredData, key: str) -> tuple[str, ...]:
    """Return the names under `key` (author, publisher) of the article; `{"@id": …}` is resolved among the nodes."""
    value = structured.article.get(key)
    items = value[:50] if isinstance(value, list) else [value]
    return tuple(dict.fromkeys(text for item in items for text in texts(_resolve(structured, item))))


def typed_names_of(structured: StructuredData, key: str, kind: re.Pattern[str]) -> set[str]:
    """Return those of the names under `key` that the page itself declares to be of a type that `kind` finds."""
    value = structured.article.get(key)
    items = [_resolve(structured, item) for item in (value[:50] if isinstance(value, list) else [value])]
    typed = (item for item in items if isinstance(item, dict) and any(map(kind.search, types_of(item))))
    return {name for item in typed for name in texts(item)}


def names_in_list(node: Mapping[str, Any]) -> list[str]:
    """Return the names of a BreadcrumbList's entries in order."""
    entries = node.get("itemListElement")
    named = (
        [e if "name" in e else e.get("item") for e in entries if isinstance(e, dict)]
        if isinstance(entries, list)
        else []
    )
    return [text for entry in named for text in texts(entry)[:1]]


def _resolve(structured: StructuredData, item: Any) -> Any:
    """Return the node that `{"@id": …}` refers to if the item does not state a name and type itself."""
    if isinstance(item, dict) and not {"name", "@type"} <= item.keys() and isinstance(item.get("@id"), str):
        found = (
            node for node in structured.nodes if node.get("@id") == item["@id"] and {"name", "@type"} <= node.keys()
        )
        return next(found, item)
    return item


def texts(value: Any, depth: int = 0) -> tuple[str, ...]:
    """Return the strings in a JSON-LD value: itself, its `name`, or those of a list."""
    if isinstance(value, str):
        cleaned = fold(_CONTROL.sub(" ", unescape(value[:MAX_CONTENT])))
        return (cleaned,) if cleaned else ()
    if isinstance(value, dict):
        name = value.get("name") or value.get("@value") or _personal_name(value)
        return texts(name, depth + 1) if depth < 3 else ()
    if isinstance(value, list):
        return tuple(dict.fromkeys(text for item in value[:50] if not isinstance(item, list) for text in texts(item)))
    return ()


def _personal_name(node: Mapping[str, Any]) -> str:
    """Return the name of a person whose given and family name are stated apart."""
    parts = (node.get("givenName"), node.get("familyName"))
    return " ".join(part for part in parts if isinstance(part, str) and part)


def _meta(elements: Iterable[HtmlElement]) -> dict[str, tuple[str, ...]]:
    """Return the contents of meta tags by `name`, `property`, `itemprop` and `http-equiv` in lower case."""
    found: dict[str, list[str]] = {}
    for element in elements:
        content = fold((element.get("content") or element.get("datetime") or "")[:MAX_CONTENT])
        for attribute in ("name", "property", "itemprop", "http-equiv"):
            name = (element.get(attribute) or "").strip().lower()
            if name and content:
                found.setdefault(name, []).append(content)
    return {name: tuple(values) for name, values in found.items()}


def _properties(properties: Iterable[tuple[str, HtmlElement]]) -> dict[str, tuple[str, ...]]:
    """Return the values of microdata and RDFa outside meta tags: `content`, `datetime`, a `name` in it or the text."""
    values: dict[str, list[str]] = {}
    for names, element in properties:
        for name in names.lower().split():
            known = _PROPERTIES.get(name.rsplit(":", 1)[-1])
            if known:
                value = element.get("content") or element.get("datetime") or _text_or_name(element)
                values.setdefault(known, []).append(fold(value))
    return {name: tuple(listed) for name, listed in values.items()}


def _text_or_name(element: HtmlElement) -> str:
    name = (
        next(element.iterfind(".//*[@itemprop='name']"), element) if element.get("itemscope") is not None else element
    )
    return name.get("content") or str(name.text_content())[:500]
