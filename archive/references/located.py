"""A reference in an article's text and its position."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from archive.article import Reference
from archive.references.identifiers import FoundIdentifier, Identifier


@dataclass(frozen=True, slots=True)
class LocatedReference:
    """A reference that was read from `text[start:end]` of the extracted text."""

    start: int
    end: int
    reference: Reference


def with_identifiers(reference: Reference, found: Iterable[Identifier | FoundIdentifier]) -> Reference:
    """Return the reference with the identifiers set; a PMID or PMCID also sets its type."""
    fields: dict[str, Any] = {each.kind: each.value for each in found}
    article = fields.keys() & {"pmid", "pmcid"}
    return replace(reference, type="article-journal" if article else reference.type, **fields)
