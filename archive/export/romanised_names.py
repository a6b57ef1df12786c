"""Chinese names in Hanyu Pinyin, which pages print with the family name first (Li Na) or last (Na Li)."""

import re
from functools import cache

from archive.references.person_names import Person
from archive.text.word_lists import read_word_list

_INITIAL = r"(?:[zcs]h?|[ln]y|[bpmfdtnlgkhjqxryw])"
_FINAL = r"(?:(?<=[bpmfw])o|i?a(?:i|o|ng?)?|e(?:i|r|ng?)?|o(?:u|ng)|i(?:e|u|ng?|ong)?|u(?:a(?:i|ng?)?|o|i|e|n)?|[üv]e?)"
# A second syllable begins with a consonant, or is set off.
_SYLLABLES = re.compile(rf"{_INITIAL}?{_FINAL}(?:(?:[-'’]{_INITIAL}?|{_INITIAL}){_FINAL})?", re.IGNORECASE)


def romanised_name(printed: str) -> Person | None:
    """Return a Chinese name in Pinyin whose first word is a family name; None for any other name.

    Where the last word may be the family name as well (Wang Li, Wei Zhang), the printing does not tell, and the name
    stays whole.
    """
    words = printed.split()
    if not 2 <= len(words) <= 3 or not all(word[0].isupper() for word in words):
        return None
    if not all(len(word) > 1 and _SYLLABLES.fullmatch(word) for word in words):
        return None
    first, last = (word.lower().replace("ü", "v") in _families() for word in (words[0], words[-1]))
    if first and last:
        return Person(literal=printed)
    return Person(words[0], " ".join(words[1:])) if first else None


@cache
def _families() -> frozenset[str]:
    return frozenset(read_word_list("archive.export", "romanised_names")["family"])
