"""What a DOI tells of its journal, compared with a printed name."""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from archive.literature.checking.journal_names import is_journal, same_journal
from archive.literature.checking.known_journals import known_journal
from archive.references.journal_names import journal_title
from archive.text.characters import without_accents
from archive.text.scripts import has_cjk
from archive.text.word_lists import read_word_list

# Of a code's letters that must stand in the name in their order: `aop` of Annals of Physics in Annals Phys.
_LEAST_SHARE = 0.5


def is_beside(doi: str) -> bool:
    """Return whether a DOI is a preprint's or a data set's, which is printed beside the article's."""
    return doi.startswith(tuple(_data()["beside"]["prefixes"]))


def other_journal(doi: str, container: str) -> str | None:
    """Return what a DOI says instead of the journal that is printed: its name, code or publisher's prefix.

    None where they agree, or where it cannot be told.
    """
    if is_beside(doi) or has_cjk(journal_title(container) or container):
        return None
    named = next((name for start, name in _data()["journals"].items() if doi.startswith(start)), None)
    known = known_journal(container)
    prefix, _, suffix = doi.partition("/")
    if named:
        different = known.name != named if known else is_journal(container) and same_journal(container, named) is False
        return named if different else None
    if known and known.doi and not doi.startswith(known.doi):
        return prefix
    if not is_journal(container):
        return None
    code = _code(prefix, suffix)
    if code and not _fits(code, container, known.name if known else ""):
        return f"{prefix}/{code}"
    words = _data()["words"].get(prefix)
    printed = re.findall(r"[a-z]+", without_accents(container).lower())
    if words and not known and not any(_begins(word, each) for word in printed for each in words):
        return prefix
    return None


def _begins(printed: str, listed: str) -> bool:
    return printed == listed or (len(listed) > 2 and printed.startswith(listed[:5]))


def _code(prefix: str, suffix: str) -> str | None:
    pattern = _data()["codes"].get(prefix)
    match = re.match(pattern, suffix) if pattern else None
    if not match:
        return None
    code: str = match[1]
    for added in _data()["added"]:
        code = re.sub(added, "", code)
    return code


def _fits(code: str, *names: str) -> bool:
    """Return whether the letters of a code stand in one of the names in their order, nearly all of them."""
    plain = (re.sub(r"[^a-z]+", "", without_accents(name.replace("&", "and")).lower()) for name in names if name)
    return any(_common(code, name) >= _LEAST_SHARE * len(code) for name in plain)


def _common(one: str, other: str) -> int:
    """Return the length of the longest common subsequence."""
    row = [0] * (len(other) + 1)
    for letter in one:
        before = row
        row = [0]
        for at, each in enumerate(other):
            row.append(before[at] + 1 if letter == each else max(row[-1], before[at + 1]))
    return row[-1]


@cache
def _data() -> Mapping[str, Any]:
    return read_word_list("archive.literature.checking", "doi_codes")
