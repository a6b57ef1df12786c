"""The identifier that a person types or pastes: a DOI, PMID or other number with or without its prefix, or its URL."""

import re

from archive.references.identifiers import Identifier, find_all, from_url
from archive.text.characters import ASCII_FORMS, clean, is_unit

MAX_LENGTH = 2000  # characters that are read: what is longer is no identifier

_LEAD = re.compile(
    r"(?:(?:dx\.)?doi\.org/|(?:doi|pmid|pubmed|pmcid|pmc|nct|isrctn|arxiv|isbn|issn)[\s:.#-]{0,3}){0,2}", re.IGNORECASE
)
_PMID = re.compile(r"[1-9][0-9]{6,7}")  # without a prefix: shorter ones are more often years, doses and counts


def identify(text: str) -> Identifier | None:
    """The identifier that `text` is, prefix or URL and all; None if there is more to it."""
    text = clean(text[:MAX_LENGTH]).translate(ASCII_FORMS).strip()
    if "://" in text:
        return from_url(text)
    if _PMID.fullmatch(text):
        return Identifier("pmid", text)
    for found in find_all(text):
        if _LEAD.fullmatch(text[: found.start]) and not is_unit(text[found.end :]):
            return Identifier(found.kind, found.value)
    return None
