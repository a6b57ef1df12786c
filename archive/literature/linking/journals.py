"""Journals named in a news text, and the journals of an index that they may be.

Indexes write journals in many ways: `Ann Intern Med`, `Annals of internal medicine`, `PNAS`. A name agrees where the
words of the one begin with the words of the other in the same order, or where it is the other's initials.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from archive.references.journal_names import journal_title
from archive.text.characters import without_accents, without_accents_in_place
from archive.text.word_lists import alternatives, read_word_list

_DATA = read_word_list("archive.literature.linking", "journals")
_SMALL = frozenset(_DATA["small_words"])
_RUN = re.compile(
    r"(?<![A-Za-z])[A-Z][\w'’-]*(?:[,:]?\s(?:(?:of|and|the|for|in|on|&)\s){0,3}(?:[A-Z][\w'’-]*|\d+)){0,12}"
)
_CHINESE = re.compile(r"[《〈]([^《》〈〉]{1,40})[》〉]")
_CITING = re.compile(alternatives(_DATA["citing"]), re.IGNORECASE)
_JOURNAL = re.compile("journal", re.IGNORECASE)
_LEAD = 70  # characters before a name in which the words of publishing are looked for
_SHORTEST, _LONGEST = 3, 6  # letters of initials that stand for a journal
# How far a journal agrees with a name: it is the whole name, its beginning or end, or one word of it.
WHOLE, PART, WORD = 1.0, 0.6, 0.35
# A name without words of publishing beside it counts less, a single word much less.
_UNCITED, _UNCITED_WORD = 0.8, 0.4


@dataclass(frozen=True, slots=True)
class NamedJournal:
    """A name in a text that may be a journal's, and whether the words beside it say that something was published."""

    name: str
    start: int
    end: int
    cited: bool


def journals_in(text: str) -> list[NamedJournal]:
    """Return the runs of capitalised words of a text, and the names in 《》 in English where they are known."""
    found = []
    plain = without_accents_in_place(text)
    for match in _RUN.finditer(plain):
        name = match[0]
        lead, rest = plain[max(0, match.start() - _LEAD) : match.start()], plain[match.end() : match.end() + 15]
        cited = bool(_CITING.search(lead) or _JOURNAL.search(name) or " journal" in rest.lower())
        names = {name, name.removeprefix("The ")} | (set(name.split(" and ")) if " and " in name else set())
        found += [NamedJournal(each, *match.span(), cited) for each in sorted(names)]
    for match in _CHINESE.finditer(text):
        if title := journal_title(match[1]):
            found.append(NamedJournal(title, *match.span(1), True))
    return found


class JournalNames:
    """The journals of an index, to be found by a printed name."""

    def __init__(self, journals: Iterable[tuple[int, str]]) -> None:
        """Take the number and one name of each journal; a journal may come again with another name."""
        self._forms: list[tuple[int, tuple[str, ...]]] = []
        self._by_start: defaultdict[str, list[int]] = defaultdict(list)
        self._by_initials: defaultdict[str, list[int]] = defaultdict(list)
        for number, name in journals:
            words = _words(re.sub(r"[(\[][^()\[\]]{0,80}[)\]]", " ", name))
            if not words:
                continue
            self._by_start[words[0]].append(len(self._forms))
            if len(words) > 1:
                self._by_initials["".join(word[0] for word in words)].append(number)
            self._forms.append((number, words))

    def scores(self, named: Iterable[NamedJournal]) -> dict[int, tuple[float, NamedJournal]]:
        """Return how far each journal agrees with what a text names (0..1), where it does, with the name."""
        found: dict[int, tuple[float, NamedJournal]] = {}
        for name in named:
            for number, (score, single) in self._matches(name.name).items():
                if not name.cited:
                    score *= _UNCITED_WORD if single else _UNCITED
                if score > found.get(number, (0.0, name))[0]:
                    found[number] = (score, name)
        return found

    def _matches(self, name: str) -> dict[int, tuple[float, bool]]:
        words = _words(name)
        found: dict[int, tuple[float, bool]] = {}
        for start, word in enumerate(words):
            for length in range(1, len(word) + 1):
                for at in self._by_start.get(word[:length], ()):
                    number, form = self._forms[at]
                    score = _agreement(form, words, start)
                    if score > found.get(number, (0.0, False))[0]:
                        found[number] = (score, len(form) == 1)
        for number in self._by_abbreviation(name, words):
            found[number] = (WHOLE, True)
        return found

    def _by_abbreviation(self, name: str, words: tuple[str, ...]) -> Iterator[int]:
        """Yield the journals that are written as the name's initials, and those whose initials the name is."""
        if len(words) > 1:
            every = "".join(word[0] for word in re.findall(r"\w+", name.lower()))
            for initials in sorted({"".join(word[0] for word in words), every}):
                if _SHORTEST <= len(initials) <= _LONGEST:
                    forms = (self._forms[at] for at in self._by_start.get(initials, ()))
                    yield from (number for number, form in forms if len(form) == 1)
        elif name.isupper() and len(name) >= _SHORTEST:
            yield from self._by_initials.get(words[0], ())


def _agreement(form: tuple[str, ...], words: tuple[str, ...], start: int) -> float:
    """Return how far a journal's words agree with those of a name from `start` on."""
    end = start + len(form)
    if end > len(words) or not all(word.startswith(part) for part, word in zip(form, words[start:end], strict=True)):
        return 0.0
    if len(form) == len(words):
        return WHOLE
    return PART if len(form) > 1 else WORD


def _words(name: str) -> tuple[str, ...]:
    """Return the words of a name in lower case; `One` and `Public Library of Science` as indexes write them."""
    plain = without_accents(name).lower().replace("public library of science", "plos").replace("’", "'")
    words = re.findall(r"[^\W_]+", plain)
    kept = tuple("1" if word == "one" else word for word in words if word not in _SMALL)
    return kept or tuple(words)
