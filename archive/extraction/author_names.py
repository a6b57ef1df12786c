"""Names of people as pages print them: by-lines, lists of names, degrees and titles left out."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from archive.dom.lines import SEAM
from archive.text.scripts import HAN, KANA

# What follows a name and is none of it: a number of staff (`杜硕_NB12556`), a login in parentheses.
_SUFFIX = re.compile(r"_[A-Za-z]{0,4}\d{2,10}$|\s{0,3}[(（][^()（）]{0,40}[)）]?$")
# A name has no digits and ends no sentence; Chinese ones with a team's or paper's name have up to 12 characters.
_NAME = re.compile(
    rf"[々{KANA}{HAN}][々{KANA}{HAN}·•・]{{1,11}}"
    r"|(?=.{2,40}$)[^\W\d_](?:[^\W\d_]|[.'’·~-])*(?: (?:[^\W\d_]|[.'’·~-])+){0,5}"
)
_SPLIT = re.compile(
    r"\s*[,，、;；/／&|｜]\s*(?:(?:and|und|et|y|e)\s+)?|\s+(?:and|und|et|y|e)\s+"
    rf"|(?<=[{HAN}])\s+(?=[{HAN}])|(?<=[{KANA}{HAN}])・{{2,}}"
)
_DEGREE = re.compile(
    r"(?:M\.?D\.?|Ph\.?\s?D\.?|D\.?O\.?|M\.?P\.?H\.?|R\.?N\.?|R\.?D\.?N?\.?|MSc?|BSc?|MBA|FACP|FRCP|DDS|PharmD|PsyD|MBBS|MRCP|LD|CDN"
    r"|DNP|NP|PA-C|FNP|JD|M\.?A|B\.?A|DPT|CPT|Dipl\S*|医师|醫師|博士|教授|主任医师|副主任医师)\.?",
    re.IGNORECASE,
)
_TITLE = re.compile(r"^(?:(?:Prof|Dr|Mr|Mrs|Ms|PD|med|rer|nat)\.\s*|(?:Professor|Doctor)\s+)+", re.IGNORECASE)
_BY = re.compile(r"^(?:by|von|par|por|文[/／])[\s:：]+", re.IGNORECASE)
# Where a by-line goes on with something else than names.
_AFTER_NAMES = re.compile(
    r"\s*(?:[|·•:：(（<>–—@]|\s-\s|\d|(?<!\bDr)(?<!Prof)(?<!\bmed)(?<!\b[A-Z])\.\s|\b(?:on|in|for|at|updated|published|posted|reviewed|edited|medically|last|min|photos?|with|from"
    r"|am|für|staff|is|was|has|contributor)\b)",
    re.IGNORECASE,
)
_JOIN = re.compile(r"(?:,|&|\band|\bund|\bet|\by|、)\s*$", re.IGNORECASE)
_JOINS = re.compile(r"^\s*(?:,|&|and\b|und\b|et\b|y\b|、)", re.IGNORECASE)
# What stands in the place of a name and is none.
_NOBODY = re.compile(
    r"admin(?:istrator)?|editor(?:ial)?(?: (?:team|staff))?|staff|webmaster|root|user|guest|anonymous|unknown|author"
    r"|none|null|test|默认|匿名|未知|佚名|本站|原创|管理员|网络|互联网|转载|admin\w*|undefined",
    re.IGNORECASE,
)
_PARTICLES = frozenset(
    ["von", "van", "de", "der", "den", "da", "di", "du", "del", "la", "le", "el", "al", "bin", "ibn", "y", "zu", "dos"]
)
_LONGEST = 80


def split_names(values: Iterable[str]) -> tuple[str, ...]:
    """The names in printed lists such as `Ann Lee, MD, and Bo Ek` or `赵青、陈一鸣`, in order, without doubles."""
    found = [_bare(part) for value in values for part in _SPLIT.split(_BY.sub("", value))]
    return tuple(dict.fromkeys(name for name in found if _is_name(name)))


def _is_name(text: str) -> bool:
    """Whether a text looks like a name: no digits, each word with a capital where there are capitals."""
    if not _NAME.fullmatch(text) or _NOBODY.fullmatch(text):
        return False
    return all(not word[0].islower() or word.lower() in _PARTICLES for word in text.split())


def names_from_metadata(values: Iterable[str]) -> tuple[str, ...]:
    """The names that machines are told, one or a list in each value; organisations stay whole."""
    found: list[str] = []
    for value in values:
        if len(value) <= 4 * _LONGEST and "://" not in value and "@" not in value:
            split = split_names([value])
            people = len(split) > 1 and all(len(name.split()) > 1 or not name.isascii() for name in split)
            found.extend(split if people else [_bare(value)])
    return tuple(
        dict.fromkeys(
            name for name in found if 1 < len(name) <= _LONGEST and not name.isdigit() and not _NOBODY.fullmatch(name)
        )
    )


def _bare(name: str) -> str:
    """A name without degrees after it, titles before it and signs around it; a degree alone is nothing."""
    text = _SUFFIX.sub("", _BY.sub("", name).strip(" .。:：·[]【】《》\u3000")).strip(" .:：()（）")
    text = _TITLE.sub("", text)
    return "" if _DEGREE.fullmatch(text) else text


def byline_pattern(phrases: Sequence[str]) -> re.Pattern[str]:
    """A pattern for `phrases` before a name, at the start of a line or of one of its parts."""
    listed = "|".join(sorted(phrases, key=len, reverse=True))
    return re.compile(rf"(?:^|[{SEAM}|｜·•–—])\s{{0,3}}(?:{listed})(?=[\s{SEAM}:])[\s{SEAM}:]{{1,6}}", re.IGNORECASE)


def bylines(lines: Iterable[str], patterns: Mapping[str, re.Pattern[str]]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The (kind, names) that lines with seams name after a phrase of `patterns`."""
    for line in lines:
        if len(line) <= 200:
            for kind, pattern in patterns.items():
                for match in pattern.finditer(line):
                    names = split_names([_names_at(line[match.end() :])])
                    if names:
                        yield kind, names


def _names_at(rest: str) -> str:
    """The names that `rest` begins with; it goes on over a seam only where names are joined."""
    text = ""
    for part in rest.split(SEAM):
        if text.strip() and not (_JOIN.search(text) or _JOINS.match(part) or not part.strip(" ,&")):
            break
        text += part
    end = _AFTER_NAMES.search(text)
    return (text[: end.start()] if end else text).strip(" ,")
