"""A reference read from an article's text, and where in it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from archive.article import Reference
from archive.references.identifiers import Found, Identifier


@dataclass(frozen=True, slots=True)
class Placed:
    """A reference and the stretch of the final text that it was read from."""

    start: int
    end: int
    reference: Reference


def identified(reference: Reference, found: Iterable[Identifier | Found]) -> Reference:
    """A reference with identifiers filled in, and the type that some of them imply."""
    fields: dict[str, Any] = {each.kind: each.value for each in found}
    article = fields.keys() & {"pmid", "pmcid"}
    return replace(reference, type="article-journal" if article else reference.type, **fields)
