"""Compute fingerprints of blocks of text, which are counted across a site's pages to learn its boilerplate."""

import hashlib
import unicodedata

from archive.article import Article

RECURRING = "recurring"  # the reason of a Removal that the site repeats on many pages
LONGEST = 400  # characters; a longer paragraph is never a slogan, and without it the table stays small


def fingerprint(text: str) -> str:
    """Return 16 hexadecimal digits that are equal for blocks that differ only in width, case and spaces.

    Digits make a difference, because daily reports repeat a sentence with other figures.
    """
    plain = "".join(unicodedata.normalize("NFKC", text).replace("\u200b", " ").split()).lower()
    return hashlib.blake2b(plain.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def fingerprints(article: Article) -> frozenset[str]:
    """Return the fingerprints of the blocks of an article's text and of its blocks that were removed as recurring."""
    recurring = [removal.text for removal in article.removals if removal.reason == RECURRING]
    blocks = [*article.text.split("\n\n"), *recurring]
    return frozenset(fingerprint(block) for block in blocks if 0 < len(block) <= LONGEST)
