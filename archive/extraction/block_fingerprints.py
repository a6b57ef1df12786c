"""Fingerprints of blocks of text, which are counted over a site's pages to learn its boilerplate."""

import hashlib
import re
import unicodedata

from archive.article import Article

RECURRING = "recurring"  # reason of a Removal that was cut because the site repeats it
LONGEST = 400  # characters; a longer paragraph is never a slogan, and leaving it out keeps the table small

_SPACE = re.compile(r"[\s\u200b]+")


def fingerprint(text: str) -> str:
    """16 hexadecimal digits that blocks share when they differ only in width, case and spaces.

    Numbers count: daily reports say the same sentence with other figures.
    """
    plain = _SPACE.sub("", unicodedata.normalize("NFKC", text)).lower()
    return hashlib.blake2b(plain.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def fingerprints(article: Article) -> frozenset[str]:
    """Of the blocks that the article's text is made of, those that were cut as recurring included."""
    recurring = [removal.text for removal in article.removals if removal.reason == RECURRING]
    blocks = [*article.text.split("\n\n"), *recurring]
    return frozenset(fingerprint(block) for block in blocks if 0 < len(block) <= LONGEST)
