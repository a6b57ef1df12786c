"""Write citations of articles as plain text in APA style, 7th edition (sections 8.21, 9.8, 9.16 and 10.16).

An author's given names become initials. Names that must not be split, Chinese ones among them, stay as printed. Since a
page may change, its date of retrieval is given, which is that of the archived revision.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from archive.export.cited_articles import CitedArticle, cited_article
from archive.references.person_names import Person

MOST_AUTHORS = 20  # of more the first 19 and the last are named
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip


def write_articles(articles: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Yield a line for each article."""
    for article in articles:
        yield citation_text(cited_article(article)) + "\n"


def citation_text(article: CitedArticle) -> str:
    """Return the citation in a line. Without an author the title comes first, as the style asks for."""
    names = {name.literal for name in article.authors}
    authors = _authors([_name(name) for name in article.authors])
    published = f"({_date(article.published, '{year}, {month} {day}') if article.published else 'n.d.'})."
    title = _sentence(article.title or "[Without a title]")
    before = [_sentence(authors), published, title] if authors else [title, published]
    # A site that is its own author is not named twice.
    places = [place for place in (article.site, article.publisher) if place and place not in names]
    archived_on = _date(article.archived_on, "{month} {day}, {year}")
    archived = f"Retrieved {archived_on}, from {article.url} (archived revision {article.revision})"
    return " ".join([*before, *map(_sentence, places), archived])


def _date(iso: str, form: str) -> str:
    """Return a date such as `2024-05-21` in a form with the fields year, month and day."""
    found = date.fromisoformat(iso)
    return form.format(year=found.year, month=MONTHS[found.month - 1], day=found.day)


def _sentence(text: str) -> str:
    return text if re.search(r"[.!?。！？…]$", text) else f"{text}."


def _authors(names: list[str]) -> str:
    if len(names) > MOST_AUTHORS:
        return f"{', '.join(names[: MOST_AUTHORS - 1])}, . . . {names[-1]}"
    return ", & ".join(filter(None, [", ".join(names[:-1]), names[-1]])) if names else ""


def _name(name: Person) -> str:
    return f"{name.family}, {_initials(name.given)}" if name.family else name.literal


def _initials(given: str) -> str:
    """Return `R. M.` for Robert M., `J.-P.` for Jean-Pierre, `T. X.` for TX."""
    return " ".join(
        "-".join(f"{part[0].upper()}." for part in re.split("[-‐‑–]", word) if part)
        for words in given.replace(".", ". ").split()
        for word in (words if words.isupper() and len(words) < 4 and words.isalpha() else [words])
        if word.strip(".-‐‑–")
    )
