"""People named in a news text, and how far they agree with the authors of a paper.

A surname alone is weak evidence, more so where it is common or also a word; with the first name's initial, or behind
`Dr` and `Professor`, it is strong.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache

from archive.text.characters import without_accents, without_accents_in_place
from archive.text.scripts import HAN
from archive.text.word_lists import alternatives, read_word_list

_NAMES = read_word_list("archive.literature.linking", "people")
_TITLE = rf"(?:{'|'.join(_NAMES['titles'])})\.?"
_NAME = re.compile(r"(?<![A-Za-z])[A-Z][A-Za-z'’]+(?:-[A-Z][a-z]+)?")
_PARTICLES = r"(?:(?:van|de|der|von|den|la|le|del|di|da) )*"
_GIVEN = re.compile(rf"([A-Z][a-z'\-]+|[A-Z]\.?)\s(?:[A-Z]\.?\s)?{_PARTICLES}$")
_TITLED = re.compile(rf"(?<![A-Za-z]){_TITLE}\s(?:[A-Z][a-z\-]+\s)?(?:[A-Z]\.?\s)?{_PARTICLES}$")
_ONLY_TITLE = re.compile(_TITLE)
_CHINESE_NAME = re.compile(
    rf"(?<![{HAN}])?(?P<name>(?:{'|'.join(_NAMES['chinese_surnames'])})[{HAN}]{{1,2}}?)"
    rf"(?={alternatives(_NAMES['chinese_after'])})"
)
_INITIALS = re.compile(r"[A-Z]{1,4}|[A-Z][A-Z]?[a-z]?[A-Z]?")
_BEFORE = 40  # characters before a name in which a first name or title is looked for


@dataclass(slots=True)
class NamedPerson:
    """What a text says of a surname: initials of first names, whether a title stands before it, where it stands."""

    initials: set[str] = field(default_factory=set)
    titled: bool = False
    inside: bool = False  # whether it stands inside a sentence, where a capital letter means a name
    spans: list[tuple[int, int]] = field(default_factory=list)


def people_in(text: str) -> dict[str, NamedPerson]:
    """Return the capitalised words of a text that may be surnames, in lower case, and Chinese names in pinyin."""
    found: dict[str, NamedPerson] = {}
    plain = without_accents_in_place(text)
    for match in _NAME.finditer(plain):
        name = match[0].replace("’", "'").removesuffix("'s").rstrip("'").lower()
        lead = plain[max(0, match.start() - _BEFORE) : match.start()]
        person = found.setdefault(name, NamedPerson())
        given = _GIVEN.search(lead)
        if given and not _ONLY_TITLE.fullmatch(given[1]):
            person.initials.add(given[1][0])
        person.titled |= bool(_TITLED.search(lead))
        person.inside |= not _ends_sentence(lead)
        person.spans.append(match.span())
    for match in _CHINESE_NAME.finditer(text):
        for surname, initials in _romanised(match["name"]):
            person = found.setdefault(surname, NamedPerson())
            person.initials.add(initials)
            person.titled = person.inside = True
            person.spans.append(match.span("name"))
    return found


def _ends_sentence(lead: str) -> bool:
    """Return whether a new sentence or quotation begins after these characters."""
    kept = lead.rstrip()
    return not kept or "\n" in lead[len(kept) :] or kept[-1] in '.!?"”“'


def surname_and_initials(author: str) -> tuple[str, str]:
    """Return the surname in lower case and the initials of an author as bibliographic databases write it.

    >>> surname_and_initials("Van Vugt M"), surname_and_initials("Bates, Timothy C.")
    (('van vugt', 'M'), ('bates', 'TC'))
    """
    name = without_accents(author).replace("’", "'").strip()
    family, comma, given = name.partition(",")
    if comma:
        return family.strip().lower(), "".join(word[0] for word in re.findall(r"[A-Za-z]+", given)).upper()
    family, _, initials = name.rpartition(" ")
    if family and _INITIALS.fullmatch(initials):
        return family.lower(), initials
    given, _, family = name.rpartition(" ")  # `Timothy Bates`
    return family.lower(), "".join(word[0] for word in given.split()).upper()


def surname_keys(surname: str) -> list[str]:
    """Return the forms of a surname that a text may print: whole, and its last part."""
    last = surname.rpartition(" ")[2].rpartition("-")[2]
    return [surname] if last == surname else [surname, last]


@dataclass(slots=True)
class Agreement:
    """How far the people of a text agree with a paper's authors.

    `full` adds up the names with the right initial, `surname` all names, each weighted by how rare it is; `first` and
    `last` are those of the first and the last author; `conflict` is the strongest name with another initial.
    """

    full: float = 0.0
    surname: float = 0.0
    first: float = 0.0
    last: float = 0.0
    conflict: float = 0.0
    names: int = 0
    matched: list[tuple[str, str]] = field(default_factory=list)  # the author as indexed, the surname in the text


def agreement(
    people: dict[str, NamedPerson], authors: Sequence[str], rarity: dict[str, float], words: set[str]
) -> Agreement:
    """Compare the people of a text with the authors of a paper.

    `rarity` (0..1) tells how rare a surname is among the index's authors, `words` are surnames that are also words.
    """
    found = Agreement()
    for position, author in enumerate(authors):
        surname, initials = surname_and_initials(author)
        for key in surname_keys(surname):
            if not (person := people.get(key)):
                continue
            weight = rarity.get(key, 0.0)
            doubtful = key in words or len(key) < 3
            full = bool(person.initials) and any(given[:1] == initials[:1] for given in person.initials)
            strength = weight * _clarity(person, doubtful)
            if person.initials and not full:
                found.conflict = max(found.conflict, strength)
                strength *= 0.25
            if full:
                found.full += weight * (1.0 if person.titled else 0.4 if doubtful else 0.7)
            found.surname += strength
            found.names += 1
            found.matched.append((author, key))
            if position == 0:
                found.first = max(found.first, strength + 0.5 * full)
            if position == len(authors) - 1:
                found.last = max(found.last, strength + 0.5 * full)
    return found


def _clarity(person: NamedPerson, doubtful: bool) -> float:
    """Return how clearly the word is a person's name here (0..1)."""
    if person.titled:
        return 1.0
    if not person.inside:
        return 0.05
    return 0.15 if doubtful else 0.5


def _romanised(name: str) -> list[tuple[str, str]]:
    """Return the surname in pinyin and the initials of a Chinese name, nothing where pypinyin is not installed."""
    syllables = _pinyin(name)
    return [(syllables[0], "".join(syllable[0] for syllable in syllables[1:]).upper())] if len(syllables) > 1 else []


@cache
def _pinyin(name: str) -> list[str]:
    try:
        from pypinyin import lazy_pinyin
    except ImportError:
        return []
    return [str(syllable).replace("ü", "u") for syllable in lazy_pinyin(name)]
