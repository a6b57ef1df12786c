"""Crossref's JSON, and the CSL-JSON of reference managers: the same field names, Crossref's with lists in them."""

import re
from collections.abc import Iterator
from html import unescape
from typing import IO, Any

from archive.literature.readers.json_items import list_start, read_objects
from archive.literature.readers.read import Read, Skipped
from archive.literature.record import LiteratureRecord
from archive.references.identifiers import normalise

_MARKUP = re.compile(r"<[^<>]{1,200}>")
_CROSSREF = re.compile(rb'"title"\s{0,20}:\s{0,20}\[|"reference-count"\s{0,20}:')
_MANAGED = re.compile(rb'"(?:author|issued|container-title|type)"\s{0,20}:')
_DATES = ("published-online", "published-print", "published", "issued")
# What a notice does to the work, the gravest first.
_NOTICES = {
    "retraction": "Retraction",
    "withdrawal": "Retraction",
    "removal": "Retraction",
    "expression_of_concern": "Expression of concern",
    "correction": "Correction",
    "erratum": "Correction",
    "corrigendum": "Correction",
}


def is_crossref(start: bytes) -> bool:
    """Return whether a file begins with works as Crossref writes them."""
    return (
        start.lstrip(b"\xef\xbb\xbf \r\n\t")[:1] in (b"{", b"[") and b'"DOI"' in start and bool(_CROSSREF.search(start))
    )


def is_csl(start: bytes) -> bool:
    """Return whether a file begins with a list of CSL items."""
    return list_start(start) is not None and b'"title"' in start and bool(_MANAGED.search(start))


def read(file: IO[bytes]) -> Iterator[Read]:
    """Yield a record, or the reason why it is skipped, for each work."""
    return read_objects(file, _record)


def _record(item: dict[str, Any]) -> Read:
    title = _first(item.get("title"))
    if not title:
        return Skipped("no title")
    try:
        return LiteratureRecord(
            title=title,
            doi=_identifier("doi", item.get("DOI")),
            pmid=_identifier("pmid", item.get("PMID")),
            pmcid=_identifier("pmcid", item.get("PMCID")),
            authors=tuple(filter(None, map(_name, item.get("author") or ()))),
            journal=_first(item.get("container-title")),
            abbreviation=_first(item.get("short-container-title") or item.get("container-title-short")),
            published=min(filter(None, (_date(item.get(name)) for name in _DATES)), default=""),
            volume=_first(item.get("volume")),
            issue=_first(item.get("issue")),
            pages=_first(item.get("page")),
            abstract=_first(item.get("abstract")),
            notice=_notice(item.get("updated-by") or ()),
        )
    except (AttributeError, TypeError, ValueError, IndexError):
        return Skipped("fields of another form")


def _first(value: Any) -> str:
    """Return a text, or the first of a list of texts, without markup."""
    if isinstance(value, list):
        value = value[0] if value else ""
    if not isinstance(value, str | int):
        return ""
    text = str(value)
    return " ".join(unescape(_MARKUP.sub(" ", text) if "<" in text else text).split())


def _identifier(kind: str, value: Any) -> str:
    return (normalise(kind, str(value)) or "") if value else ""


def _name(author: dict[str, Any]) -> str:
    if family := author.get("family"):
        given = author.get("given")
        particle = author.get("non-dropping-particle")
        return f"{f'{particle} ' if particle else ''}{family}{f', {given}' if given else ''}".strip()
    return str(author.get("literal") or author.get("name") or "").strip()


def _date(value: Any) -> str:
    """Return a CSL date as ISO 8601, as far as it is stated."""
    if not value:
        return ""
    parts = value.get("date-parts")
    if not parts or not parts[0] or not parts[0][0]:
        return ""
    year, *rest = (int(part) for part in parts[0][:3] if part)
    return "-".join([f"{year:04}", *(f"{part:02}" for part in rest)])


def _notice(updates: Any) -> str:
    kinds = {str(update.get("type")).replace(" ", "_").lower() for update in updates}
    return next((notice for kind, notice in _NOTICES.items() if kind in kinds), "")
