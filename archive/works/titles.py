"""Tell titles of works from what else stands in their place: names of journals, a page's furniture, professions."""

import re
from functools import lru_cache

from archive.references import gazetteer
from archive.references.journal_names import standing
from archive.references.tokens import tokenise
from archive.text.characters import comparison_key
from archive.text.scripts import HAN, has_cjk
from archive.text.word_lists import all_words, read_word_list

LONGEST = 80  # characters; nothing longer is furniture or a profession

_WORDS = read_word_list("archive.works", "titles")
_URL = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)


def _any_of(words: list[str]) -> str:
    """Return a pattern for the words, the longest first, as `comparison_key` writes them."""
    return "|".join(sorted({comparison_key(word) for word in words}, key=lambda word: (-len(word), word)))


_FURNITURE = re.compile(
    rf"(?=.*?(?:{_any_of(all_words(_WORDS['furniture']))}))"
    rf"(?:{_any_of([*all_words(_WORDS['furniture']), *all_words(_WORDS['joining'])])}|\d)++"
)
_ROLES = f"(?:{'|'.join(sorted(_WORDS['roles']['zh'], key=len, reverse=True))})"
_CHINESE_ROLE = re.compile(
    rf"(?:[{HAN}]{{2,4}}[\s,，、:：]+|[{HAN}\s·]{{0,30}}(?:{'|'.join(_WORDS['roles']['workplaces'])})[{HAN}\s·]{{0,6}}?)?"
    rf"(?:{_ROLES}[\s,，、/;；]*){{1,5}}"
)
_ROLE = re.compile(rf"(?:{'|'.join(_WORDS['roles']['en'])})(?:\s(?:of|at)\s.*|,.*)?", re.IGNORECASE)
_DEGREE = f"(?:{'|'.join(map(re.escape, _WORDS['roles']['degrees']))})"
_NAMED_DEGREE = re.compile(rf"[^,\d:?!]{{3,40}},\s?{_DEGREE}(?:,\s?{_DEGREE})*")


@lru_cache(maxsize=4096)
def is_furniture(text: str) -> bool:
    """Return whether a text is what a page prints around references, with dates and URLs but nothing else."""
    if len(text) > LONGEST and "://" not in text:
        return False
    letters = comparison_key(_URL.sub(" ", text))
    return len(letters) <= LONGEST and bool(_FURNITURE.fullmatch(letters))


@lru_cache(maxsize=4096)
def is_role(title: str) -> bool:
    """Return whether a title is a profession, a post, or a name with degrees."""
    text = " ".join(title.split()).strip(" .。")
    if len(text) > LONGEST:
        return False
    return any(pattern.fullmatch(text) for pattern in (_CHINESE_ROLE, _ROLE, _NAMED_DEGREE))


@lru_cache(maxsize=4096)
def is_journal(title: str, container_title: str | None) -> bool:
    """Return whether a title is the name of a journal. A title in another journal is one, whatever its words are."""
    known = standing(title)
    if container_title and not is_furniture(container_title):
        return known is not None and comparison_key(title) == comparison_key(container_title)
    if title.rstrip(" 。.").endswith(("学", "學")):  # 细胞生物学 is a textbook more often than a journal
        return False
    return known in ("sure", "common") or _is_in_gazetteer(title)


def usable_title(title: str | None, container_title: str | None) -> str | None:
    """Return the title, or None for one that names no work."""
    if not title or is_furniture(title) or is_role(title) or is_journal(title, container_title):
        return None
    return title


def usable_container(container_title: str | None) -> str | None:
    """Return the name of the journal, book or site, or None for a page's furniture."""
    return None if container_title and is_furniture(container_title) else container_title


def _is_in_gazetteer(title: str) -> bool:
    """Return whether the whole title is a known name of two words or more.

    A name of one word may be a title, and a Chinese one is that of a textbook too: 细胞生物学.
    """
    if len(title) > 120 or has_cjk(title):
        return False
    words = [token for token in tokenise(title) if token.text[0].isalnum()]
    tags = gazetteer.shipped().tags(words)
    places = [tag[:2] for tag in tags]
    return len(places) > 1 and places == ["Jb", *["Ji"] * (len(places) - 2), "Je"]
