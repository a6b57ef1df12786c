"""The passages of a news text that speak for a paper."""

from collections.abc import Iterator

from archive.literature.linking.candidate import Evidence
from archive.literature.linking.features import Compared
from archive.literature.linking.news import NewsText

MOST_WORDS = 8


def evidence(news: NewsText, compared: Compared) -> tuple[Evidence, ...]:
    """Return the first place of each author, of the journal and of the title's words, in the text's order."""
    found = [*_authors(news, compared), *_journal(news, compared), *_words(news, compared)]
    return tuple(sorted(found, key=lambda each: (each.part == "text", each.start, each.end)))


def _authors(news: NewsText, compared: Compared) -> Iterator[Evidence]:
    seen = set()
    for author, name in compared.people.matched:
        person = news.people[name]
        if (person.titled or person.initials) and author not in seen:
            seen.add(author)
            yield Evidence("author", author, *person.spans[0])


def _journal(news: NewsText, compared: Compared) -> Iterator[Evidence]:
    if name := compared.named_journal:
        inside = len(news.text) - 1
        if name.end <= len(news.text):
            yield Evidence("journal", compared.record.journal, name.start, min(name.end, inside + 1))


def _words(news: NewsText, compared: Compared) -> Iterator[Evidence]:
    """Yield the rarest words that title and text share, each at its first place."""
    wanted = set(compared.shared[:MOST_WORDS])
    for part, located, source in (("title", news.title_terms, news.title), ("text", news.text_terms, news.text)):
        for term in located:
            if term.stem in wanted:
                wanted.discard(term.stem)
                kind = "number" if term.stem.isdigit() else "word"
                yield Evidence(kind, source[term.start : term.end], term.start, term.end, part)  # type: ignore[arg-type]
