"""A news text prepared for comparison: its terms, people and journals, read once."""

from collections import Counter
from dataclasses import dataclass
from itertools import pairwise

from archive.literature.linking.journals import NamedJournal, journals_in
from archive.literature.linking.people import NamedPerson, people_in
from archive.literature.linking.terms import Term, located_terms
from archive.literature.linking.vocabulary import lay_equivalents, translated_terms

LEAD = 600  # characters of the text that count as its lead
LONGEST = 20_000  # characters that are read: what a page reports on is said before


@dataclass(frozen=True, slots=True)
class NewsText:
    """A news text's parts, as `read_news` finds them.

    `counts` are the terms with how often they occur, `headline` and `lead` those of the title and of the beginning,
    `pairs` those that follow each other, `equivalents` what titles of papers say for the lay words.
    """

    title: str
    text: str
    counts: Counter[str]
    headline: frozenset[str]
    lead: frozenset[str]
    pairs: frozenset[tuple[str, str]]
    equivalents: frozenset[str]
    title_terms: tuple[Term, ...]
    text_terms: tuple[Term, ...]
    people: dict[str, NamedPerson]
    journals: list[NamedJournal]


def read_news(title: str, text: str) -> NewsText:
    """Return the parts of a news text, of which at most `LONGEST` characters are read."""
    text = text[:LONGEST]
    title_terms = (*located_terms(title), *translated_terms(title))
    text_terms = tuple(sorted((*located_terms(text), *translated_terms(text)), key=lambda term: term.start))
    headline = [term.stem for term in title_terms]
    stems = headline + [term.stem for term in text_terms]
    return NewsText(
        title,
        text,
        Counter(term.stem for term in text_terms),
        frozenset(headline),
        frozenset(headline) | {term.stem for term in text_terms if term.start < LEAD},
        frozenset(pairwise(stems)),
        frozenset(lay_equivalents(stems)) - set(stems),
        title_terms,
        text_terms,
        people_in(text),
        journals_in(f"{text}\n{title}"),
    )
