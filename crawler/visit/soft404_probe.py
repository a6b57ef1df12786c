"""Asking a site what it answers where there is surely nothing, to tell its "not found" page from an article.

Sites that answer 200 for what they do not have say so in words of their own. What stands in an article's place all of a
sudden is compared with what the site says of an address that nobody ever made.
"""

import random
import re
import string
from urllib.parse import urlsplit, urlunsplit

from archive.article import Article
from archive.articles.redirects import is_same

# A notice in an article's place is no longer than this, in characters, and no longer than this share of the article.
NOTICE, SHARE = 300, 1 / 3

_NUMBER = re.compile(r"\d{2,}")
_SUFFIX = re.compile(r"\.\w{2,5}$")


def nowhere(url: str, chance: random.Random) -> str:
    """An address beside `url`, of the same form, at which there is nothing: other numbers in the query, else in the
    last part of the path, else another last part."""
    parts = urlsplit(url)
    query, changed = _renumbered(parts.query, chance)
    if changed:
        return urlunsplit(parts._replace(query=query))
    folder, _, name = parts.path.rstrip("/").rpartition("/")
    suffix = _SUFFIX.search(name)
    stem, changed = _renumbered(name.removesuffix(suffix[0]) if suffix else name, chance)
    made = stem if changed else "".join(chance.choices(string.ascii_lowercase, k=16))
    end = (suffix[0] if suffix else "") + "/" * parts.path.endswith("/")
    return urlunsplit(parts._replace(path=f"{folder}/{made}{end}", query=""))


def _renumbered(text: str, chance: random.Random) -> tuple[str, int]:
    """The text with numbers in it that nobody has counted up to; how many there are."""
    return _NUMBER.subn(lambda _: str(chance.randrange(10**9, 10**10)), text)


def is_notice(old: Article, new: Article) -> bool:
    """Whether next to nothing stands where an article stood."""
    return len(new.text) <= min(NOTICE, SHARE * len(old.text))


def is_same_nothing(found: Article | None, nothing: Article | None) -> bool:
    """Whether what was found on a page is what the site says where there is nothing; None: no text on either."""
    return found is nothing is None or (found is not None and nothing is not None and is_same(found, nothing))
