"""OpenAlex's works: JSON Lines of its snapshot, and answers of its API."""

from collections.abc import Iterator
from typing import IO, Any

from archive.literature.readers.json_items import read_objects
from archive.literature.readers.read import Read, Skipped
from archive.literature.record import LiteratureRecord
from archive.references.identifiers import normalise

_LONGEST = 10_000  # words of an abstract


def matches(start: bytes) -> bool:
    """Return whether a file begins with works of OpenAlex."""
    return start.lstrip(b"\xef\xbb\xbf \r\n\t")[:1] in (b"{", b"[") and b"openalex.org/W" in start


def read(file: IO[bytes]) -> Iterator[Read]:
    """Yield a record, or the reason why it is skipped, for each work."""
    return read_objects(file, _record)


def _record(work: dict[str, Any]) -> Read:
    title = work.get("title") or work.get("display_name")
    if not isinstance(title, str) or not title.strip():
        return Skipped("no title")
    try:
        ids = work.get("ids") or {}
        source = (work.get("primary_location") or {}).get("source") or {}
        place = work.get("biblio") or {}
        pages = "-".join(dict.fromkeys(filter(None, (place.get("first_page"), place.get("last_page")))))
        names = ((each.get("author") or {}).get("display_name") for each in work.get("authorships") or ())
        return LiteratureRecord(
            title=" ".join(title.split()),
            doi=_identifier("doi", work.get("doi") or ids.get("doi")),
            pmid=_identifier("pmid", ids.get("pmid")),
            pmcid=_identifier("pmcid", ids.get("pmcid")),
            authors=tuple(filter(None, names)),
            journal=source.get("display_name") or "",
            published=work.get("publication_date") or str(work.get("publication_year") or ""),
            volume=place.get("volume") or "",
            issue=place.get("issue") or "",
            pages=pages,
            abstract=_abstract(work.get("abstract_inverted_index") or {}),
            notice="Retraction" if work.get("is_retracted") else "",
        )
    except (AttributeError, TypeError, ValueError):
        return Skipped("fields of another form")


def _identifier(kind: str, value: Any) -> str:
    """Return an identifier of which OpenAlex states the address."""
    if not value:
        return ""
    printed = str(value) if kind == "doi" else str(value).rstrip("/").rpartition("/")[2]
    return normalise(kind, printed) or ""


def _abstract(places: dict[str, list[int]]) -> str:
    """Return the words in their order, of which OpenAlex states the places."""
    words = sorted((place, word) for word, found in places.items() for place in found)
    return " ".join(word for _, word in words[:_LONGEST])
