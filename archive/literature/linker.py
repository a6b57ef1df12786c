"""Find the paper behind a news text in a bibliographic index."""

from collections.abc import Iterable
from datetime import date

from archive.literature.index import LiteratureIndex, inverse_frequency, surname_token
from archive.literature.linking.candidate import Candidate
from archive.literature.linking.evidence import evidence
from archive.literature.linking.features import Compared, Statistics, compare
from archive.literature.linking.model import LEAST, certainty, ordered, probabilities, shipped
from archive.literature.linking.news import NewsText, read_news
from archive.literature.linking.people import NamedPerson
from archive.literature.linking.timing import fits
from archive.literature.record_kinds import is_notice

MOST = 60  # candidates that are compared by the model
SHOWN = 10
_WIDE = 80  # candidates of each query
# Records that a query may touch: what keeps it within milliseconds at a million records.
_BUDGET = 3_000
_MOST_TERMS = 60
_LEAST_SHOWN = 0.01  # probability of a candidate beside the best


def link(index: LiteratureIndex, title: str, text: str, published: date | None = None) -> list[Candidate]:
    """Return the papers that a news text may report on, best first; none where no paper of the index fits.

    `published` is the news text's date: papers from long before it or from after it are left out. The first candidate
    is the answer where `is_answer` says so.
    """
    news = read_news(title, text)
    model = shipped()
    scored = ordered(candidates(index, news, published), model)
    if certainty(news, scored, model) < LEAST:
        return []
    chances = probabilities(news, scored, model)
    return [
        Candidate(compared.record, round(chance, 4), evidence(news, compared))
        for chance, (_, compared) in zip(chances[:SHOWN], scored, strict=False)
        if chance >= _LEAST_SHOWN
    ]


def candidates(index: LiteratureIndex, news: NewsText, published: date | None = None) -> list[Compared]:
    """Return at most `MOST` records of the index that share words, people or the journal with a text, compared.

    Errata, comments and replies are left out: they share the title of the paper, and are not what was studied.
    """
    statistics, frequencies = _statistics(index, news)
    journals = index.journals.scores(news.journals)
    numbers = set()
    for expression in _expressions(index, news, frequencies, list(journals)):
        numbers.update(index.matching(expression, _WIDE))
    best = max((score for score, _ in journals.values()), default=0.0)
    compared = []
    for record, journal in index.by_id(sorted(numbers)).values():
        if fits(record, published) and not is_notice(record.title):
            agrees = journals[journal][0] if journal in journals else 0.0
            compared.append(compare(news, record, statistics, agrees, best, journals.get(journal, (0.0, None))[1]))
    return sorted(compared, key=lambda each: (-each.rough, each.record.pmid, each.record.title))[:MOST]


def _statistics(index: LiteratureIndex, news: NewsText) -> tuple[Statistics, dict[str, int]]:
    stems = set(news.counts) | news.headline | news.equivalents
    titles = index.frequencies(stems | set(news.people), "title")
    surnames = index.frequencies(map(surname_token, news.people), "people")
    largest = inverse_frequency(0, index.size)
    rarity = {
        name: inverse_frequency(surnames[token], index.size) / largest
        for name in news.people
        if (token := surname_token(name)) in surnames
    }
    statistics = Statistics(
        {term: inverse_frequency(count, index.size) for term, count in titles.items()},
        largest,
        rarity,
        {name for name in news.people if name in titles},
    )
    return statistics, titles


def _expressions(
    index: LiteratureIndex, news: NewsText, frequencies: dict[str, int], journals: list[int]
) -> Iterable[str]:
    """Yield FTS5 expressions: the rarest words, the people, and people and words within the journals that are named.

    In a large index a paper is seldom among the best by words or by people alone: names are common, and the text has
    rarer words than the paper's title.
    """
    known = [
        term
        for term in (*sorted(news.counts), *sorted(news.headline), *sorted(news.equivalents))
        if term in frequencies
    ]
    rarest = sorted(set(known), key=lambda term: (frequencies[term], term))
    if words := _affordable(rarest, frequencies):
        yield f"title : ({_any(words)})"
    if headline := _affordable([term for term in rarest if term in news.headline], frequencies):
        yield f"title : ({_any(headline)})"
    tokens = list(_people_tokens(news.people))
    counts = index.frequencies(tokens, "people")
    people = sorted(counts, key=lambda token: (counts[token], token))
    if affordable := _affordable(people, counts):
        yield f"people : ({_any(affordable)})"
    named = _any(f"j_{number}" for number in sorted(journals)[:_MOST_TERMS])
    if named and people:
        yield f"(journal : ({named})) AND (people : ({_any(people[:_MOST_TERMS])}))"
    if named and rarest:
        yield f"(journal : ({named})) AND (title : ({_any(rarest[:_MOST_TERMS])}))"


def _people_tokens(people: dict[str, NamedPerson]) -> Iterable[str]:
    for name, person in people.items():
        for initial in sorted(person.initials):
            yield surname_token(name, initial)
        if person.titled or not person.initials:
            yield surname_token(name)


def _affordable(terms: list[str], frequencies: dict[str, int]) -> list[str]:
    """Return the first terms whose records together stay within the budget, at least one."""
    taken: list[str] = []
    left = _BUDGET
    for term in terms[:_MOST_TERMS]:
        left -= frequencies[term]
        if taken and left < 0:
            break
        taken.append(term)
    return taken


def _any(terms: Iterable[str]) -> str:
    return " OR ".join(f'"{term}"' for term in terms)
