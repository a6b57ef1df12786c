"""Crossref's REST API: the metadata of a DOI, and the DOI of a printed reference.

https://www.crossref.org/documentation/retrieve-metadata/rest-api/
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from archive.references.identifiers import normalise
from archive.references.person_names import family_key
from archive.text.characters import clean, comparison_key
from crawler.enrichment.client import Client
from crawler.enrichment.models import LookupResult, MalformedError, year_of

BASE = "https://api.crossref.org"
INTERVAL = 0.5  # seconds; the headers of the first response give the actual rate limit
ROWS = 5  # candidates of a search
KEPT = ("DOI", "type", "title", "container-title", "author", "issued")  # fields of the response that are stored


def by_doi(client: Client, doi: str, mail: Mapping[str, str]) -> LookupResult:
    """Return title, journal and year of a DOI. Raises ServiceError, MalformedError."""
    response = client.get(f"/works/{quote(doi, safe='')}", mail)
    if response.status == 404:
        return LookupResult(404)
    return LookupResult(response.status, *_facts(_message(response.content)))


def by_title(client: Client, printed: str, key: str, mail: Mapping[str, str]) -> LookupResult:
    """Search for the text `printed`, and return the DOI of the only work that matches `key`.

    The key is title|year|family name of the first author (archive.works.matching). Raises ServiceError, MalformedError.
    """
    parameters: dict[str, str | int] = {"query.bibliographic": printed[:300], "rows": ROWS, **mail}
    response = client.get("/works", parameters)
    if response.status == 404:
        return LookupResult(404)
    items = _message(response.content).get("items")
    if not isinstance(items, list):
        raise MalformedError("Crossref's response has no items")
    matches = {}
    for item in items:
        if isinstance(item, dict) and key in _keys(item):
            facts, content = _facts(item)
            matches[facts.get("doi")] = LookupResult(response.status, facts, content)
    return matches.popitem()[1] if len(matches) == 1 else LookupResult(response.status)  # several matches are ambiguous


def _message(content: Any) -> dict[str, Any]:
    message = content.get("message") if isinstance(content, dict) else None
    if not isinstance(message, dict):
        raise MalformedError("Crossref's response is not the documented JSON")
    return message


def _facts(message: Mapping[str, Any]) -> tuple[dict[str, str], dict[str, Any]]:
    doi = normalise("doi", str(message.get("DOI", "")))
    if doi is None:
        raise MalformedError("Crossref's response names no DOI")
    facts = {
        "doi": doi,
        "title": _first(message.get("title")),
        "container_title": _first(message.get("container-title")),
        "year": _year(message),
    }
    kept = {name: message[name] for name in KEPT if name in message}
    return {name: value for name, value in facts.items() if value}, kept


def _keys(item: Mapping[str, Any]) -> set[str]:
    """Return the work's title keys, one for each year of publication: online and in print."""
    authors = item.get("author")
    first = authors[0] if isinstance(authors, list) and authors and isinstance(authors[0], dict) else {}
    name = f"{first['family']}, {first.get('given') or '-'}" if first.get("family") else str(first.get("name", ""))
    title = comparison_key(_first(item.get("title")))
    years = {_parts(item.get(field)) for field in ("issued", "published-print", "published-online")} - {""}
    return {f"{title}|{year}|{family_key(name)}" for year in years} if title and name else set()


def _year(message: Mapping[str, Any]) -> str:
    return next((year for name in ("issued", "published-print") if (year := _parts(message.get(name)))), "")


def _parts(date: Any) -> str:
    try:
        return year_of(date["date-parts"][0][0])
    except (KeyError, IndexError, TypeError):  # an undated work has [[null]]
        return ""


def _first(value: Any) -> str:
    return " ".join(clean(value[0]).split()) if isinstance(value, list) and value and isinstance(value[0], str) else ""
