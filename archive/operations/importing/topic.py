"""Whether a page is about health, told from its bytes before it is parsed.

The score adds the weights of the health words (health_words.toml) that occur: each once in the paragraphs, and three
times where the URL, the title or the description has it. Menus and scripts are left out, since every news site has a
section on health: where the paragraphs have too little text, the whole body is looked at.

Measured by `python -m benchmarks.importing` on 1,114 labelled pages, of which 54 are labelled as health: at THRESHOLD
all 54 pass, and 83 % of the others do not. At 5 it is 86 % of the others, and at 6 two of the 54 are lost. Many of the
others that pass are about health too. With all paragraphs instead of ENOUGH, long pages of any kind have some of the
words: to keep all 54, 80 % of the others are rejected.
"""

import re
from functools import cache
from typing import NamedTuple

from ahocorasick_rs import BytesAhoCorasick, Implementation

from archive.text.word_lists import read_word_list

THRESHOLD = 4
IN_HEADING = 3  # times that a word in URL, title or description counts; at 1 the threshold for all 54 rejects no more
ENOUGH = 8000  # bytes in paragraphs
LITTLE = 1500  # bytes in paragraphs, below which the page's text must be elsewhere
LONGEST_PARAGRAPH = 4000  # bytes; what is longer is mostly a script between two paragraphs
LONGEST_HEAD = 30_000  # bytes
LONGEST_TAG = 2000  # bytes
MOST_BODY = 150_000  # bytes of the body of a page with few paragraphs
MOST = 400_000  # bytes of a page that are looked at
WEIGHTS = {"specific": 2, "general": 1}
# Pages in other encodings than UTF-8. The bytes of two characters seldom stand in a text of another meaning.
ENCODINGS = {"zh": ("gb18030", "big5"), "ja": ("shift_jis", "euc_jp"), "ko": ("euc_kr",), "de": ("latin-1",),
             "fr": ("latin-1",), "es": ("latin-1",)}  # fmt: skip
_LEAST = 3  # bytes of a word in another encoding than UTF-8: two occur in any text

# For lower case: a pattern that ignores the case takes five times as long.
_TITLE = re.compile(rb"<title[^>]{0,200}>([^<]{0,500})")
_DESCRIBES = re.compile(rb"description|og:title|keywords")


class _Words(NamedTuple):
    """What finds the words in bytes, and for each of its patterns the word and its weight."""

    search: BytesAhoCorasick
    of_pattern: tuple[tuple[str, int], ...]


def score(url: str, body: bytes) -> int:
    """Return how many health words a page has, by weight. `body` has its content encoding undone."""
    head = _head(body)
    words = _words(in_utf8=b"utf-8" in head)
    found = _found(words, _heading(url, head))
    all_found = found | _found(words, _text(body).lower())
    return sum(all_found.values()) + (IN_HEADING - 1) * sum(found.values())


def is_about_health(url: str, body: bytes) -> bool:
    """Whether a page has enough health words to be parsed."""
    return score(url, body) >= THRESHOLD


def _head(body: bytes) -> bytes:
    end = body.find(b"<body", 0, LONGEST_HEAD)
    return body[: end if end >= 0 else LONGEST_HEAD].lower()


def _heading(url: str, head: bytes) -> bytes:
    title = _TITLE.search(head)
    tags = [piece[: piece.find(b">")][:LONGEST_TAG] for piece in head.split(b"<meta")[1:]]
    described = [tag for tag in tags if _DESCRIBES.search(tag, 0, 100)]
    return b"\n".join([url.lower().encode("utf-8", "replace"), title[1] if title else b"", *described])


def _text(body: bytes) -> bytes:
    """Return the paragraphs, as far as they make ENOUGH text; of a page with few, its body."""
    found: list[bytes] = []
    size = at = 0
    # By their ends: to look for four bytes takes less time than for two.
    while size < ENOUGH and (end := body.find(b"</p>", at, MOST)) >= 0:
        start = body.rfind(b"<p", max(at, end - LONGEST_PARAGRAPH), end)
        if start >= 0:
            found.append(body[start:end])
            size += end - start
        at = end + 4
    return b"\n".join(found) if size >= LITTLE else body[max(body.find(b"<body"), 0) :][:MOST_BODY]


def _found(words: _Words, text: bytes) -> dict[str, int]:
    matches = words.search.find_matches_as_indexes(text)
    return dict(words.of_pattern[index] for index in {match[0] for match in matches})


@cache
def _words(*, in_utf8: bool) -> _Words:
    """Return the words as they stand in pages that say that they are in UTF-8, or in all other pages."""
    patterns: dict[bytes, tuple[str, int]] = {}
    for language, kinds in read_word_list("archive.operations.importing", "health_words").items():
        for kind, words in kinds.items():
            for word in words:
                for pattern in [word.encode(), *([] if in_utf8 else _encoded(word, language))]:
                    patterns.setdefault(pattern, (word, WEIGHTS[kind]))
    # A table of states takes half the time of the other ways, and some megabytes.
    search = BytesAhoCorasick(list(patterns), implementation=Implementation.DFA)
    return _Words(search, tuple(patterns.values()))


def _encoded(word: str, language: str) -> list[bytes]:
    found = []
    for encoding in ENCODINGS.get(language, ()):
        try:
            other = word.encode(encoding)
        except UnicodeEncodeError:  # a traditional character in a simplified encoding
            continue
        if len(other) >= _LEAST:
            found.append(other.lower())
    return found
