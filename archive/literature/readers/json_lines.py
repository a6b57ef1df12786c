"""JSON Lines with the fields of a record: `pmid`, `doi`, `title`, `authors`, `journal` and so on."""

from collections.abc import Iterator
from dataclasses import fields
from typing import IO, Any

from archive.literature.readers.json_items import read_objects
from archive.literature.readers.read import Read, Skipped
from archive.literature.record import LiteratureRecord
from archive.references.identifiers import normalise

_TEXTS = tuple(field.name for field in fields(LiteratureRecord) if field.name != "authors")


def matches(start: bytes) -> bool:
    """Return whether a file begins with a JSON object that has a title."""
    line = start.lstrip(b"\xef\xbb\xbf \r\n\t").split(b"\n", 1)[0]
    return line.startswith(b"{") and b'"title"' in start


def read(file: IO[bytes]) -> Iterator[Read]:
    """Yield a record, or the reason why it is skipped, for each line that is not empty."""
    return read_objects(file, _record)


def _record(row: dict[str, Any]) -> Read:
    if not isinstance(row.get("title"), str) or not row["title"].strip():
        return Skipped("no title")
    authors = row.get("authors") or []
    if not isinstance(authors, list) or not all(isinstance(author, str) for author in authors):
        return Skipped("authors are no list of names")
    stated: dict[str, Any] = {name: _text(row.get(name)) for name in _TEXTS}
    for name in ("pmid", "doi", "pmcid"):
        stated[name] = (normalise(name, stated[name]) or "") if stated[name] else ""
    return LiteratureRecord(**stated, authors=tuple(author.strip() for author in authors if author.strip()))


def _text(value: object) -> str:
    return str(value).strip() if isinstance(value, str | int) else ""
