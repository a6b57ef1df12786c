"""Read the names of people from lists of names and metadata, without degrees and titles."""

import re
from collections.abc import Iterable

from archive.dom.lines import SEAM
from archive.extraction.dates import DATE_WORDS
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
    rf"(?:(?<!\s)\s+)?[,，、;；/／&|｜]\s*(?:{_AND}\s+)?|(?<!\s)\s+{_AND}\s+|(?<=[{HAN}])\s+(?=[{HAN}])|(?<=[{KANA}{HAN}])・{{2,}}"
)
_DEGREE = re.compile(rf"{alternatives(all_words(_WORDS['degrees']))}\.?", re.IGNORECASE)
_TITLE = re.compile(
    rf"^(?:{alternatives(_WORDS['titles']['abbreviated'])}\.\s*|{alternatives(_WORDS['titles']['words'])}\s+)+",
    re.IGNORECASE,
)
_BY = re.compile(rf"^{alternatives(all_words(_WORDS['by']))}[\s:：]+", re.IGNORECASE)
# Before a Chinese name: the role of who writes, with the publication.
_REPORTER_BEFORE = re.compile(
    rf"^[{HAN}]{{0,8}}?{alternatives(_WORDS['reporters_before']['zh'])}[\s:：]*(?=[{HAN}]{{2}})"
)
# Where the names of a by-line end.
_AFTER_NAMES = re.compile(
    r"(?:(?<!\s)\s+)?(?:[|·•:：(（<>–—@]|\s-\s|\d|(?<!\bDr)(?<!Prof)(?<!\bmed)(?<!\b[A-Z])\.\s"
    rf"|\b{alternatives(all_words(_WORDS['after_names']))}\b)",
    re.IGNORECASE,
)
_JOIN = re.compile(rf"(?:,|&|\b{_AND}|、)\s*$", re.IGNORECASE)
_JOINS = re.compile(rf"^\s*(?:,|&|{_AND}\b|、)", re.IGNORECASE)
_PLACEHOLDER = re.compile("|".join(all_words(_WORDS["placeholders"])), re.IGNORECASE)
_PARTICLES = frozenset(all_words(_WORDS["particles"]))
_ROLE = re.compile(
    rf"(?:.*[\s-])?{alternatives(all_words(_WORDS['roles']))}",
    re.IGNORECASE,
)
_REPORTER = re.compile(rf"(?:.*[\s-])?{alternatives(all_words(_WORDS['reporters']))}", re.IGNORECASE)
_ROLE_AFTER = re.compile(
    rf"(?<=[{HAN}가-힣])\s?{alternatives([*_WORDS['roles']['zh'], *_WORDS['roles']['ja'], *_WORDS['roles']['ko']])}$"
)
_ORGANISATION = re.compile("|".join(all_words(_WORDS["organisations"])), re.IGNORECASE)
_MONTHS = {name for months in all_words(DATE_WORDS["months"]) for name in months.split()}
# Degrees behind a name that no list names: `Kim Rose RDN`.
_CAPITALS = re.compile(r"(?!(?:II|III|IV|VI?)$)[A-Z][A-Z.-]{1,3}")
# The family name first, as in the metadata of journals: `Lee, Ann B.`
_INVERTED = re.compile(r"[^\W\d_][^\W\d_'’-]{1,30}, (?!\S*[A-Z]{2})[A-Z]\S{0,20}(?: [A-Z]\S{0,20}){0,2}")
# Between a name and the site in metadata: `Ann Lee - Riverbend`.
_SITE_BEHIND = re.compile(r"\s[-–—|]\s")
_ADDRESS = re.compile(r"(?:www\.|[\w-]{1,60}\.[\w-]{1,60}[./])\S*", re.IGNORECASE)
_LONGEST = 80


def split_names(values: Iterable[str]) -> tuple[str, ...]:
    """Return the names in printed lists such as `Ann Lee, MD, and Bo Ek` or `赵青、陈一鸣`, in order, each once.

    Roles, months and organisations in a list are left out.
    """
    found = [_bare(part) for value in values for part in _SPLIT.split(_REPORTER_BEFORE.sub("", _BY.sub("", value)))]
    return _without_words(dict.fromkeys(name for name in found if _is_name(name)))


def _without_words(names: Iterable[str]) -> tuple[str, ...]:
    """Return the names without what is no name beside them: single words beside full names, and organisations."""
    listed = list(names)
    if any(len(name.split()) > 1 for name in listed):
        listed = [name for name in listed if len(name.split()) > 1 or not name.isascii()]
    if listed and not listed[0].isupper():
        # Behind `Ann Lee` a name in capitals is that of a station or agency: `MDR THÜRINGEN`.
        listed = [name for name in listed if not name.isupper()]
    people = [name for name in listed if not is_organisation(name)]
    return tuple(people or listed)


def _is_name(text: str) -> bool:
    """Return whether a text looks like a name: no digits, and capitals where the script has them."""
    if not _NAME.fullmatch(text) or _PLACEHOLDER.fullmatch(text) or is_role(text) or text.lower() in _MONTHS:
        return False
    return all(not word[0].islower() or word.lower() in _PARTICLES for word in text.split())


def is_role(text: str) -> bool:
    """Return whether a text ends with somebody's work: `Health Correspondent`, 记者."""
    return bool(_ROLE.fullmatch(text))


def is_reporter(text: str) -> bool:
    """Return whether a text ends with the work of someone who writes for a publication."""
    return bool(_REPORTER.fullmatch(text))


def is_organisation(name: str) -> bool:
    """Return whether a name is that of an organisation: `Lantern News Corporation`, 健康网."""
    return bool(_ORGANISATION.search(name))


def is_person(name: str) -> bool:
    """Return whether a name is that of a person: two words or more, or some characters of a script without capitals."""
    return _is_name(name) and not is_organisation(name) and (len(name.split()) > 1 or not name.isascii())


def names_from_metadata(values: Iterable[str]) -> tuple[str, ...]:
    """Return the names in metadata values that hold one name or a list each; organisations are not split."""
    found: list[str] = []
    for value in values:
        if len(value) <= 4 * _LONGEST and "://" not in value and "@" not in value and not _ADDRESS.fullmatch(value):
            name = _SITE_BEHIND.split(value)[0]
            split = () if _INVERTED.fullmatch(name) else split_names([name])
            people = bool(split) and all(is_person(part) for part in split)
            found.extend(split if people else [_bare(name)])
    return tuple(
        dict.fromkeys(
            name
            for name in found
            if 1 < len(name) <= _LONGEST
            and not (name.isdigit() or _PLACEHOLDER.fullmatch(name) or is_role(name) or name.lower() in _MONTHS)
        )
    )


def _bare(name: str) -> str:
    """Return a name without degrees, roles, titles and signs around it; empty if only a degree is left."""
    text = _SUFFIX.sub("", _REPORTER_BEFORE.sub("", _BY.sub("", name)).strip(" .。:：·[]【】《》\u3000*")).strip(
        " .:：()（）"
    )
    text = _ROLE_AFTER.sub("", _TITLE.sub("", text))
    words = text.split()
    while len(words) > 2 and not text.isupper() and _is_behind(words[-1]):
        words.pop()
    text = " ".join(words)
    return "" if all(_DEGREE.fullmatch(word) for word in words) else text


def _is_behind(word: str) -> bool:
    """Return whether the last word of a name is a degree or the month of a date behind it."""
    return bool(_DEGREE.fullmatch(word) or _CAPITALS.fullmatch(word)) or word.lower() in _MONTHS


def names_at(rest: str) -> str:
    """Return the start of `rest` up to the end of the names; names continue after a seam only where they are joined."""
    text = ""
    for part in rest.split(SEAM):
        if text.strip() and not (_JOIN.search(text) or _JOINS.match(part) or not part.strip(" ,&")):
            break
        text += part
    end = _AFTER_NAMES.search(text)
    return (text[: end.start()] if end else text).strip(" ,")
