"""What a page says about itself to machines: JSON-LD, microdata, Open Graph and meta tags."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html import unescape
from typing import Any

from lxml.html import HtmlElement

from archive.extraction.dom import fold

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
# The longest meta content that is kept, in characters: keyword spam and embedded data go on for megabytes.
MAX_CONTENT = 2_000
_COMMENT = re.compile(
    r"^\s*(?:<!--|/\*\s*<!\[CDATA\[\s*\*/|//\s*<!\[CDATA\[|<!\[CDATA\[)|(?:-->|/\*\s*\]\]>\s*\*/|//\s*\]\]>|\]\]>)\s*;?\s*$"
)
_BROKEN_FIELD = re.compile(
    r'"(headline|datePublished|dateModified|articleSection|description)"\s*:\s*"((?:[^"\\\n]|\\.){1,500})"'
)
_CONTROL = re.compile("[\x00-\x1f]")


@dataclass(frozen=True, slots=True)
class Structured:
    """Machine-readable statements: the best JSON-LD article, other JSON-LD nodes, meta tags and microdata."""

    article: Mapping[str, Any] = field(default_factory=dict)
    nodes: tuple[Mapping[str, Any], ...] = ()
    meta: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    items: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def first(self, *names: str) -> str | None:
        """The first non-empty meta value of `names` (lower case), in their order."""
        return next((value for name in names for value in self.meta.get(name, ()) if value), None)


def read_structured(root: HtmlElement) -> Structured:
    """Read what `root` states; broken JSON gives what single fields can still be read."""
    nodes = tuple(_json_nodes(root))
    return Structured(_best_article(nodes), nodes, _meta(root), _microdata(root))


def _json_nodes(root: HtmlElement) -> Iterator[Mapping[str, Any]]:
    for script in root.iter("script"):
        kind = (script.get("type") or "").lower()
        if kind.startswith("application/ld+json") and script.text and len(script.text) <= _MAX_SCRIPT:
            yield from _flatten(_load(script.text))


def _load(source: str) -> Any:
    text = _COMMENT.sub("", _COMMENT.sub("", source))
    try:
        return json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return {"@type": "Article", **{name: _unquote(value) for name, value in _BROKEN_FIELD.findall(text)}}


def _unquote(value: str) -> str:
    try:
        return str(json.loads(f'"{value}"', strict=False))
    except ValueError:
        return value


def _flatten(value: Any, depth: int = 0) -> Iterator[Mapping[str, Any]]:
    """All objects at the top, in lists, under @graph and mainEntity."""
    if depth > 5:
        return
    if isinstance(value, list):
        for item in value:
            yield from _flatten(item, depth + 1)
    elif isinstance(value, dict):
        yield value
        for key in ("@graph", "mainEntity", "mainEntityOfPage"):
            yield from _flatten(value.get(key), depth + 1)


def types_of(node: Mapping[str, Any]) -> set[str]:
    """The node's schema.org types in lower case, without the vocabulary's address."""
    kinds = node.get("@type")
    listed = kinds if isinstance(kinds, list) else [kinds]
    return {str(kind).rsplit("/", 1)[-1].lower() for kind in listed if kind}


def _best_article(nodes: tuple[Mapping[str, Any], ...]) -> Mapping[str, Any]:
    """The first article-like node, before the first node about the page as such."""
    articles = [node for node in nodes if types_of(node) & (ARTICLE_TYPES - _PAGE_TYPES)]
    pages = [node for node in nodes if types_of(node) & _PAGE_TYPES and ("datePublished" in node or "headline" in node)]
    return next(iter(articles + pages), {})


def texts(value: Any, depth: int = 0) -> tuple[str, ...]:
    """The strings in a JSON-LD value: itself, its `name`, or those of a list."""
    if isinstance(value, str):
        cleaned = fold(_CONTROL.sub(" ", unescape(value[:MAX_CONTENT])))
        return (cleaned,) if cleaned else ()
    if isinstance(value, dict):
        return texts(value.get("name") or value.get("@value"), depth + 1) if depth < 3 else ()
    if isinstance(value, list):
        return tuple(dict.fromkeys(text for item in value[:50] if not isinstance(item, list) for text in texts(item)))
    return ()


def _meta(root: HtmlElement) -> dict[str, tuple[str, ...]]:
    """`name`, `property`, `itemprop` and `http-equiv` of meta tags in lower case, with their contents."""
    found: dict[str, list[str]] = {}
    for element in root.iter("meta"):
        content = fold((element.get("content") or "")[:MAX_CONTENT])
        for attribute in ("name", "property", "itemprop", "http-equiv"):
            name = (element.get(attribute) or "").strip().lower()
            if name and content:
                found.setdefault(name, []).append(content)
    return {name: tuple(values) for name, values in found.items()}


def _microdata(root: HtmlElement) -> dict[str, tuple[str, ...]]:
    """Values of `itemprop` outside meta tags: `content`, `datetime`, or the text."""
    wanted = {"headline", "datepublished", "datecreated", "datemodified", "author", "publisher", "articlesection"}
    found: dict[str, list[str]] = {}
    for element in root.iterfind(".//body//*[@itemprop]"):
        for name in (element.get("itemprop") or "").lower().split():
            if name in wanted:
                value = element.get("content") or element.get("datetime") or element.text_content()[:500]
                found.setdefault(name, []).append(fold(value))
    return {name: tuple(values) for name, values in found.items()}
