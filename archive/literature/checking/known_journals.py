"""Journals whose volumes and DOIs are known, found by a printed name or abbreviation."""

import re
from collections import defaultdict
from dataclasses import dataclass
from functools import cache

from archive.references.journal_names import journal_title
from archive.text.characters import without_accents
from archive.text.word_lists import read_word_list

_SMALL = frozenset({"the", "of", "and", "for", "in", "on", "de"})


@dataclass(frozen=True, slots=True)
class KnownJournal:
    """A journal, the runs of its volumes (year, first volume, volumes a year), and what its DOIs begin with."""

    name: str
    volumes: tuple[tuple[int, int, int], ...] = ()
    doi: tuple[str, ...] = ()

    def volumes_of(self, year: int) -> range | None:
        """Return the volumes of a year, None where they are not known."""
        run = next((each for each in reversed(self.volumes) if each[0] <= year), None)
        if run is None or not run[2]:
            return None
        first = run[1] + (year - run[0]) * run[2]
        return range(first, first + run[2])


def known_journal(printed: str) -> KnownJournal | None:
    """Return the journal that a printed name stands for, None where none or more than one does.

    >>> known_journal("N. Engl. J. Med.").name, known_journal("Nature Walks")
    ('New England Journal of Medicine', None)
    """
    words = name_words(journal_title(printed) or printed)
    found = {journal.name: journal for form, journal in _by_length().get(len(words), ()) if _is(form, words)}
    return next(iter(found.values())) if len(found) == 1 else None


def name_words(name: str) -> tuple[str, ...]:
    """Return the words of a journal's name in lower case, without articles and prepositions."""
    words = re.findall(r"[^\W_]+", without_accents(name.replace("&", " and ")).lower())
    return tuple(word for word in words if word not in _SMALL)


def _is(form: tuple[str, ...], printed: tuple[str, ...]) -> bool:
    """Return whether the printed words are the name's or begin them; a single word must be the whole name."""
    if len(form) == 1:
        return form == printed
    return form[0][0] == printed[0][0] and all(
        whole.startswith(part) for whole, part in zip(form, printed, strict=True)
    )


@cache
def _by_length() -> dict[int, list[tuple[tuple[str, ...], KnownJournal]]]:
    forms: defaultdict[int, list[tuple[tuple[str, ...], KnownJournal]]] = defaultdict(list)
    for name, stated in read_word_list("archive.literature.checking", "journals").items():
        runs = tuple((year, first, number) for year, first, number in stated.get("volumes", ()))
        journal = KnownJournal(name, runs, tuple(stated.get("doi", ())))
        for each in (name, name.partition(" (")[0], *stated.get("also", ())):
            forms[len(name_words(each))].append((name_words(each), journal))
    return dict(forms)
