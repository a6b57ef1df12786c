"""Write notes as CSV, JSON, Markdown and W3C Web Annotations."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from archive.export.csv import csv_record
from archive.notes.models import Note, NotedArticle

CONTEXT = "http://www.w3.org/ns/anno.jsonld"
COLUMNS = (
    "url", "title", "site", "published", "language", "collections", "tags", "note_id", "note", "passage", "prefix",
    "suffix", "start", "end", "revision", "created_by", "created_at", "changed_by", "changed_at",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class NotesFormat:
    """A format of exported notes."""

    title: str
    extension: str
    media_type: str
    write: Callable[[Sequence[NotedArticle]], Iterator[str]]


def write_csv(articles: Iterable[NotedArticle]) -> Iterator[str]:
    """Yield a heading, and a row for each note, and one for each article without notes."""
    yield csv_record(COLUMNS)
    for article in articles:
        common = asdict(article.name) | {"collections": article.collections, "tags": article.tags}
        for note in article.notes or (None,):
            row: Mapping[str, Any] = common | (_cells(note) if note else {"revision": None})
            yield csv_record(row.get(column) for column in COLUMNS)


def write_json(articles: Iterable[NotedArticle]) -> Iterator[str]:
    """Yield a JSON list of the articles with their collections, tags and notes."""
    yield json.dumps([as_object(article) for article in articles], ensure_ascii=False, indent=2) + "\n"


def write_markdown(articles: Iterable[NotedArticle]) -> Iterator[str]:
    """Yield a section for each article: passages as quotations, each with its note below."""
    yield "# Notes\n"
    for article in articles:
        name = article.name
        yield f"\n## {_escaped(name.title) or name.url}\n\n"
        facts = [f"<{name.url}>", name.site, name.published]
        yield " · ".join(_escaped(fact) if fact != facts[0] else fact for fact in facts if fact) + "\n"
        if article.collections:
            yield f"\nCollections: {_escaped(', '.join(article.collections))}\n"
        if article.tags:
            yield f"\nTags: {_escaped(', '.join(article.tags))}\n"
        for note in article.notes:
            if note.passage:
                yield "\n" + "".join(f"> {_escaped(line)}\n" for line in note.passage.exact.splitlines())
            if note.body:
                yield f"\n{note.body}\n"
            where = f", revision {note.revision}" if note.passage else ""
            yield f"\n*{_escaped(note.changed_by)}, {note.changed_at[:10]}{where}*\n"


def write_annotations(articles: Iterable[NotedArticle]) -> Iterator[str]:
    """Yield an annotation collection of the W3C Web Annotation model in JSON-LD.

    Offsets are code points of the article's text in the archive, as of the revision of the time state.
    """
    items = [_annotation(article, note) for article in articles for note in article.notes]
    page = {"type": "AnnotationPage", "startIndex": 0, "items": items}
    value = {"@context": CONTEXT, "type": "AnnotationCollection", "label": "Notes", "total": len(items), "first": page}
    yield json.dumps(value, ensure_ascii=False, indent=2) + "\n"


def as_object(article: NotedArticle) -> dict[str, Any]:
    """Return an article with what was written about it for JSON."""
    return asdict(article.name) | {
        "collections": list(article.collections),
        "tags": list(article.tags),
        "added_by": article.added_by or None,
        "added_at": article.added_at or None,
        "notes": [asdict(note) for note in article.notes],
    }


FORMATS = {
    "csv": NotesFormat("CSV", "csv", "text/csv", write_csv),
    "json": NotesFormat("JSON", "json", "application/json", write_json),
    "markdown": NotesFormat("Markdown", "md", "text/markdown", write_markdown),
    "annotations": NotesFormat("W3C Web Annotations", "jsonld", "application/ld+json", write_annotations),
}


def _cells(note: Note) -> dict[str, Any]:
    passage = asdict(note.passage) if note.passage else {}
    return asdict(note) | passage | {"note_id": note.id, "note": note.body, "passage": passage.get("exact")}


def _escaped(text: str) -> str:
    """Return the text so that Markdown takes it as text, on one line."""
    escaped = "".join(f"\\{character}" if character in "\\`*_[]<>#|" else character for character in text)
    return " ".join(escaped.split())


def _annotation(article: NotedArticle, note: Note) -> dict[str, Any]:
    bodies = [{"type": "TextualBody", "value": tag, "purpose": "tagging"} for tag in article.tags]
    if note.body:
        words = {"type": "TextualBody", "value": note.body, "format": "text/plain", "purpose": "commenting"}
        bodies.insert(0, words)
    return {
        "@context": CONTEXT,
        "id": f"urn:uuid:{note.id}",
        "type": "Annotation",
        "motivation": "commenting" if note.body else "highlighting",
        "creator": {"type": "Person", "nickname": note.created_by},
        "created": _moment(note.created_at),
        "modified": _moment(note.changed_at),
        **({"body": bodies} if bodies else {}),
        "target": _target(note),
    }


def _target(note: Note) -> dict[str, Any] | str:
    if note.passage is None:
        return note.url
    quoted = {
        "type": "TextQuoteSelector",
        "exact": note.passage.exact,
        "prefix": note.passage.prefix,
        "suffix": note.passage.suffix,
    }
    position = {"type": "TextPositionSelector", "start": note.passage.start, "end": note.passage.end}
    state = {"state": {"type": "TimeState", "sourceDate": _moment(note.seen_at)}} if note.seen_at else {}
    return {"type": "SpecificResource", "source": note.url, **state, "selector": [quoted, position]}


def _moment(stored: str) -> str:
    """Return a time in the form of xsd:dateTime without fractions, as the model asks for."""
    return f"{stored[:19]}Z"
