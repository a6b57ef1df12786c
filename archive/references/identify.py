"""Read an identifier that a user types: a DOI, PMID or other number with or without prefix, or its URL."""

import re
from typing import TYPE_CHECKING

from archive.text.characters import ASCII_FORMS, clean, has_alphanumeric

if TYPE_CHECKING:
    from archive.references.identifiers import Identifier

MAX_LENGTH = 2000  # characters that are read; no identifier is longer

_LEAD = re.compile(
    r"(?:(?:dx\.)?doi\.org/|(?:doi|pmid|pubmed|pmcid|pmc|nct|isrctn|arxiv|isbn|issn)[\s:.#-]{0,3}){0,2}", re.IGNORECASE
)
_PMID = re.compile(r"[1-9][0-9]{6,7}")  # without a prefix: shorter ones are more often years, doses and counts


def identify(text: str) -> "Identifier | None":
    """Return the identifier if `text` is one, with or without prefix or as URL; None if it holds anything else."""
    if not any(letter.isdigit() for letter in text):
        return None  # as most words of a query: the patterns of identifiers need not be compiled for them
    from archive.references.identifiers import Identifier, find_all, from_url

    text = clean(text[:MAX_LENGTH]).translate(ASCII_FORMS).strip()
    if "://" in text:
        return from_url(text)
    if _PMID.fullmatch(text):
        return Identifier("pmid", text)
    for found in find_all(text):
        if _LEAD.fullmatch(text[: found.start]) and not has_alphanumeric(text[found.end :]):
            return Identifier(found.kind, found.value)
    return None
