"""Read the names of people from by-lines and lists of names, without degrees and titles."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from archive.dom.lines import SEAM
from archive.text.scripts import HAN, KANA
from archive.text.word_lists import all_words, alternatives, read_word_list

_WORDS = read_word_list("archive.extraction", "names")
_AND = alternatives(all_words(_WORDS["and"]))
# After a name: a staff number (`杜硕_NB12556`) or a login in parentheses.
_SUFFIX = re.compile(r"_[A-Za-z]{0,4}\d{2,10}$|\s{0,3}[(（][^()（）]{0,40}[)）]?$")
# A name has no digits and does not end a sentence; Chinese ones with the name of a team or paper have up to 12
# characters.
_NAME = re.compile(
    rf"[々{KANA}{HAN}][々{KANA}{HAN}·•・]{{1,11}}"
    r"|(?=.{2,40}$)[^\W\d_](?:[^\W\d_]|[.'’·~-])*(?: (?:[^\W\d_]|[.'’·~-])+){0,5}"
)
_SPLIT = re.compile(
    rf"\s*[,，、;；/／&|｜]\s*(?:{_AND}\s+)?|\s+{_AND}\s+|(?<=[{HAN}])\s+(?=[{HAN}])|(?<=[{KANA}{HAN}])・{{2,}}"
)
_DEGREE = re.compile(rf"{alternatives(all_words(_WORDS['degrees']))}\.?", re.IGNORECASE)
_TITLE = re.compile(
    rf"^(?:{alternatives(_WORDS['titles']['abbreviated'])}\.\s*|{alternatives(_WORDS['titles']['words'])}\s+)+",
    re.IGNORECASE,
)
_BY = re.compile(rf"^{alternatives(all_words(_WORDS['by']))}[\s:：]+", re.IGNORECASE)
# Where the names of a by-line end.
_AFTER_NAMES = re.compile(
    r"\s*(?:[|·•:：(（<>–—@]|\s-\s|\d|(?<!\bDr)(?<!Prof)(?<!\bmed)(?<!\b[A-Z])\.\s"
    rf"|\b{alternatives(all_words(_WORDS['after_names']))}\b)",
    re.IGNORECASE,
)
_JOIN = re.compile(r"(?:,|&|\band|\bund|\bet|\by|、)\s*$", re.IGNORECASE)
_JOINS = re.compile(r"^\s*(?:,|&|and\b|und\b|et\b|y\b|、)", re.IGNORECASE)
_PLACEHOLDER = re.compile("|".join(all_words(_WORDS["placeholders"])), re.IGNORECASE)
_PARTICLES = frozenset(all_words(_WORDS["particles"]))
_LONGEST = 80


def split_names(values: Iterable[str]) -> tuple[str, ...]:
    """Return the names in printed lists such as `Ann Lee, MD, and Bo Ek` or `赵青、陈一鸣`, in order, each once."""
    found = [_bare(part) for value in values for part in _SPLIT.split(_BY.sub("", value))]
    return tuple(dict.fromkeys(name for name in found if _is_name(name)))


def _is_name(text: str) -> bool:
    """Return whether a text looks like a name: no digits, and capitals where the script has them."""
    if not _NAME.fullmatch(text) or _PLACEHOLDER.fullmatch(text):
        return False
    return all(not word[0].islower() or word.lower() in _PARTICLES for word in text.split())


def names_from_metadata(values: Iterable[str]) -> tuple[str, ...]:
    """Return the names in metadata values that hold one name or a list each; organisations are not split."""
    found: list[str] = []
    for value in values:
        if len(value) <= 4 * _LONGEST and "://" not in value and "@" not in value:
            split = split_names([value])
            people = len(split) > 1 and all(len(name.split()) > 1 or not name.isascii() for name in split)
            found.extend(split if people else [_bare(value)])
    return tuple(
        dict.fromkeys(
            name
            for name in found
            if 1 < len(name) <= _LONGEST and not name.isdigit() and not _PLACEHOLDER.fullmatch(name)
        )
    )


def _bare(name: str) -> str:
    """Return a name without degrees, titles and signs around it; empty if only a degree is left."""
    text = _SUFFIX.sub("", _BY.sub("", name).strip(" .。:：·[]【】《》\u3000")).strip(" .:：()（）")
    text = _TITLE.sub("", text)
    return "" if _DEGREE.fullmatch(text) else text


def byline_pattern(phrases: Sequence[str]) -> re.Pattern[str]:
    """Return a pattern for `phrases` before a name, at the start of a line or of a part of it."""
    listed = "|".join(sorted(phrases, key=len, reverse=True))
    return re.compile(rf"(?:^|[{SEAM}|｜·•–—])\s{{0,3}}(?:{listed})(?=[\s{SEAM}:])[\s{SEAM}:]{{1,6}}", re.IGNORECASE)


def bylines(lines: Iterable[str], patterns: Mapping[str, re.Pattern[str]]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield (kind, names) for each phrase of `patterns` (by kind) in lines with seams that is followed by names."""
    for line in lines:
        if len(line) <= 200:
            for kind, pattern in patterns.items():
                for match in pattern.finditer(line):
                    names = split_names([_names_at(line[match.end() :])])
                    if names:
                        yield kind, names


def _names_at(rest: str) -> str:
    """Return the start of `rest` up to the end of the names; names continue after a seam only where they are joined."""
    text = ""
    for part in rest.split(SEAM):
        if text.strip() and not (_JOIN.search(text) or _JOINS.match(part) or not part.strip(" ,&")):
            break
        text += part
    end = _AFTER_NAMES.search(text)
    return (text[: end.start()] if end else text).strip(" ,")
