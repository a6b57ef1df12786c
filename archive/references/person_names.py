"""Split printed names of authors into family and given name where the printing tells them apart."""

import re
from dataclasses import dataclass

from archive.references.author_lists import is_organisation
from archive.text.characters import without_accents
from archive.text.scripts import has_cjk

_INITIALS = re.compile(r"(?:[^\W\d_]\.[-‐‑–]?){1,5}|[^\W\d_](?:[-‐‑–]?[^\W\d_]){0,3}")
# fmt: off
_PARTICLES = frozenset({
    "van", "von", "de", "der", "den", "del", "della", "di", "da", "dos", "das", "du", "la", "le", "ten", "ter", "zu",
    "zur", "al", "el", "bin", "ibn", "af", "av",
})
# fmt: on
_SUFFIXES = frozenset({"jr", "sr", "2nd", "3rd", "ii", "iii", "iv"})


@dataclass(frozen=True, slots=True)
class Person:
    """Either `family` with `given`, or `literal`: an organisation, or a name whose parts the printing does not tell."""

    family: str = ""
    given: str = ""
    literal: str = ""

    @property
    def inverted(self) -> str:
        """`Family, Given`, or the literal name."""
        return f"{self.family}, {self.given}" if self.family else self.literal


def person(printed: str) -> Person:
    """Split `Wu T`, `Clevers, H.`, `H. Clevers`, `Robert M. Hale`; 毛越苹 and names of organisations stay whole."""
    name = " ".join(printed.split())
    words = name.replace(",", " ").split()
    if has_cjk(name) or len(words) < 2 or is_organisation(name):
        return Person(literal=name)
    family, comma, given = (part.strip() for part in name.partition(","))
    if comma and family and given:
        return Person(family, given.replace(",", ""))
    return _parted([word for word in words if word.lower().rstrip(".") not in _SUFFIXES] or words)


def family_key(printed: str) -> str:
    """Return the key by which first authors are compared.

    It is the last word of the family name, or the whole name if Chinese or an organisation, in lower-case letters
    without accents; "" for a name without a letter.
    """
    name = person(printed)
    last = (name.family.split() or [""])[-1] if name.family else name.literal
    return re.sub(r"[\W\d_]+", "", without_accents(last)).lower()


def _parted(words: list[str]) -> Person:
    if len(words) < 2:
        return Person(literal=" ".join(words))
    end = next((at for at, word in enumerate(words) if at and _is_initials(word)), None)
    if end and all(_is_initials(word) for word in words[end:]):  # Wu T, van der Berg A B
        return Person(" ".join(words[:end]), " ".join(words[end:]))
    particle = next((at for at, word in enumerate(words) if at and word in _PARTICLES), len(words) - 1)
    return Person(" ".join(words[particle:]), " ".join(words[:particle]))


def _is_initials(word: str) -> bool:
    return bool(_INITIALS.fullmatch(word)) and word == word.upper()
