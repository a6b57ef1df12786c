"""Compute by what the archive finds equal and similar texts: the process that extracts spares the one that writes."""

from dataclasses import dataclass

from archive.article import Article
from archive.extraction.block_fingerprints import fingerprints
from archive.text.minhash import LONGEST, SHORTEST, Signature, signature
from archive.text.shingles import digest, units


@dataclass(frozen=True, slots=True, kw_only=True)
class TextKeys:
    """The length of a text in units, its digest, its signature (None for a short text), its blocks' fingerprints.

    The digest of a short text includes its title.
    """

    length: int
    digest: int
    signature: Signature | None
    blocks: frozenset[str]


def text_keys(article: Article) -> TextKeys:
    """Return the keys of an article's title, text and removals."""
    found, blocks = units(article.text), fingerprints(article)
    if len(found) < SHORTEST:
        whole = digest([*units(article.title), *found])
        return TextKeys(length=len(found), digest=whole, signature=None, blocks=blocks)
    made = signature(found[:LONGEST])
    return TextKeys(length=len(found), digest=digest(found), signature=made, blocks=blocks)
