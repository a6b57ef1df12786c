"""Help with a search: what in it the archive does not know, and which search finds something where it finds nothing."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from archive.retrieval.engine import search
from archive.retrieval.field_names import field_names
from archive.retrieval.filters import DATE_FORMATS, RANGE_FORMATS, Filters, is_period, narrowing
from archive.retrieval.query import clause_texts, fields_typed
from archive.retrieval.terms import parse_range
from archive.storage.sql import Reader, distinct_values
from archive.text.messages import either, message

MAX_WORDS = 8  # words that are left out one after another; each costs a count
MAX_OFFERS = 5
MAX_NAMED = 8  # sites or languages of the archive, where none is near the one typed
_NEAR = 0.6  # difflib's usual similarity: `zh-Hanz` is near `zh-Hans`, `pubmed` is not near `pmc`
_NAME = re.compile(r"[^\W\d_]{3,}")
# What a search without each filter is called.
_WITHOUT = {
    "language": message("in all languages"),
    "site": message("on all sites"),
    "source": message("of every publisher"),
    "cites": message("whatever they cite"),
    "references": message("with any number of references or none"),
    "retracted": message("retracted works or not"),
    "doubtful": message("doubtful references or not"),
    "gone": message("whether gone or not"),
    "design": message("of every design"),
    "subjects": message("whoever was studied"),
}


@dataclass(frozen=True, slots=True)
class Offer:
    """A wider search and the number of articles that it finds, counted up to 10,000.

    change: what is different, such as `without 硬皮病` or `in all languages`.
    """

    change: str
    query: str
    filters: Filters
    total: int
    past_revisions: bool = False


def complaints(db: Reader, query: str, filters: Filters) -> list[str]:
    """Return a sentence for each site, language, field and value that is searched for and does not exist."""
    found = [*_unknown_fields(query)]
    typed = [(field, value) for field, value in fields_typed(query) if field in field_names().fields.values()]
    given = [(name, str(filters[name])) for name in ("site", "language") if filters.get(name)]
    typed += [(name, field_names().value(name, value)) for name, value in given]
    for field, value in dict.fromkeys(typed):
        match field:
            case "site":
                found += _unknown("site", value, _sites(db))
            case "language":
                found += _unknown("language", value, _languages(db))
            case "since" | "until" | "date" if not is_period(value):
                found.append(
                    message(
                        "%(field)s: “%(value)s” is not a date; write it as %(formats)s.",
                        field=field,
                        value=value,
                        formats=DATE_FORMATS,
                    )
                )
            case "references" if parse_range(value) is None:
                found.append(
                    message(
                        "%(field)s: “%(value)s” is not a number; write it as %(formats)s.",
                        field=field,
                        value=value,
                        formats=RANGE_FORMATS,
                    )
                )
            case "has" | "is" if value.lower() not in field_names().taken(field):
                words = either(field_names().taken(field))
                found.append(
                    message("%(field)s: takes %(words)s, not “%(value)s”.", field=field, words=words, value=value)
                )
    return found


def offers(db: Reader, query: str, filters: Filters) -> list[Offer]:
    """Return wider searches that find something, the narrowest first: for a search that finds nothing."""
    found = [offer for offer in _wider(db, query, narrowing(filters)) if offer.total]
    found = found or [offer for offer in _single_words(db, query) if offer.total]
    return sorted(found, key=lambda offer: offer.total)[:MAX_OFFERS]


def searched(query: str, filters: Filters) -> str:
    """Return what a search looks for, as it was understood: the parts of the query and the filters."""
    parts = " and ".join(clause_texts(query))
    narrowed = [
        f"{name}: {'yes' if value is True else 'no' if value is False else value}" for name, value in filters.items()
    ]
    return ", ".join(filter(None, [parts, *narrowed]))


def _wider(db: Reader, query: str, filters: Filters) -> Iterator[Offer]:
    for name, change in _WITHOUT.items():
        if name in filters:
            yield _counted(db, change, query, _without(filters, name))
    if filters.get("since") or filters.get("until"):
        yield _counted(db, message("of any date"), query, _without(filters, "since", "until"))
    words = clause_texts(query)
    if 1 < len(words) <= MAX_WORDS:
        for number, word in enumerate(words):
            fewer = " ".join(words[:number] + words[number + 1 :])
            yield _counted(db, message("without %(word)s", word=word), fewer, filters)
    from archive.retrieval import past_revisions  # a search that finds something needs neither it nor difflib

    past = past_revisions.find(db, query, filters)
    yield Offer(message("in past revisions"), query, filters, len(past.articles), past_revisions=True)


def _single_words(db: Reader, query: str) -> Iterator[Offer]:
    for word in clause_texts(query)[:MAX_WORDS]:
        yield _counted(db, message("with %(word)s alone", word=word), word, {})


def _counted(db: Reader, change: str, query: str, filters: Filters) -> Offer:
    return Offer(change, query, filters, search(db, query, sort="date", limit=1, **filters).total)


def _without(filters: Filters, *names: str) -> Filters:
    kept: Any = {name: value for name, value in filters.items() if name not in names}
    typed: Filters = kept
    return typed


def _unknown_fields(query: str) -> Iterator[str]:
    """Yield a sentence for each name before a colon that looks like a misspelt field."""
    known = field_names().fields
    for name, value in fields_typed(query):
        if name in known.values() or not _NAME.fullmatch(name):
            continue
        near = _near(name, known, 1, _NEAR + 0.15)  # `COVID:19` is a word with a colon
        if near:
            yield message(
                "There is no field “%(name)s”, so that “%(name)s:%(value)s” is searched as words. Near: %(near)s.",
                name=name,
                value=value,
                near=near[0],
            )


def _unknown(kind: str, value: str, known: Iterable[str]) -> Iterator[str]:
    by_folded = {name.lower(): name for name in known}
    if value in by_folded.values() or (kind == "language" and value.lower() in by_folded):
        return
    near = [by_folded[name] for name in _near(value.lower(), by_folded, 3, _NEAR)]
    some = near or sorted(by_folded.values())[:MAX_NAMED]
    if kind == "site":
        unknown = message("The archive has no article of the site “%(value)s”.", value=value)
    else:
        unknown = message("The archive has no article in the language “%(value)s”.", value=value)
    known_ones = ", ".join(some)
    hint = message("Near: %(names)s.", names=known_ones) if near else message("There are: %(names)s.", names=known_ones)
    yield message("%(first)s %(second)s", first=unknown, second=hint) if some else unknown


def _near(word: str, known: Iterable[str], number: int, similarity: float) -> list[str]:
    from difflib import get_close_matches

    return get_close_matches(word, known, number, similarity)


def _sites(db: Reader) -> list[str]:
    return [site for (site,) in db.execute(distinct_values("articles", "site")) if site]


def _languages(db: Reader) -> list[str]:
    tags = [tag for (tag,) in db.execute(distinct_values("articles", "language")) if tag]
    return sorted({"-".join(tag.split("-")[: number + 1]) for tag in tags for number in range(tag.count("-") + 1)})
