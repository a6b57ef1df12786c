"""Compare two revisions of an article: title, text and references."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from archive.article import Article, Reference
from archive.text.diff import Piece, differences
from archive.works.matching import keys_of, printed_text


@dataclass(frozen=True, slots=True)
class Changes:
    """The differences of two revisions: title and text as pieces, and the references that were removed and added."""

    title: tuple[Piece, ...]
    text: tuple[Piece, ...]
    references_removed: tuple[Reference, ...]
    references_added: tuple[Reference, ...]


def article_changes(old: Article, new: Article) -> Changes:
    """Return the differences between two revisions of an article.

    A reference is the same as long as it points to the same work, under any label.
    """
    return Changes(
        title=differences(old.title, new.title),
        text=differences(old.text, new.text),
        references_removed=tuple(missing_references(old.references, new.references)),
        references_added=tuple(missing_references(new.references, old.references)),
    )


def missing_references(references: Iterable[Reference], among: Iterable[Reference]) -> Iterator[Reference]:
    """Return the references whose works no reference in `among` points to."""
    known = {key for reference in among for key in _keys(reference)}
    return (reference for reference in references if not known.intersection(_keys(reference)))


def _keys(reference: Reference) -> tuple[str, ...]:
    return keys_of(reference) or (f"{reference.kind}:{printed_text(reference)}",)
