"""NCBI: the PMC ID converter and PubMed summaries.

https://pmc.ncbi.nlm.nih.gov/tools/id-converter-api/ and https://www.ncbi.nlm.nih.gov/books/NBK25499/ (ESummary). Both
take many identifiers at once, and the name and e-mail address of a tool; without an API key, three requests a second.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from archive.references.identifiers import normalise
from archive.text.characters import clean
from crawler.enrichment.client import Client
from crawler.enrichment.models import LookupResult, MalformedError, year_of

IDCONV = "https://pmc.ncbi.nlm.nih.gov/tools/idconv"
EUTILS = "https://eutils.ncbi.nlm.nih.gov/entrez/eutils"
INTERVAL = 0.34  # seconds: three requests a second
BATCH = 100  # identifiers a request; the converter takes 200
KEPT = ("uid", "title", "fulljournalname", "pubdate", "articleids")  # fields of a response that are stored
NAMES = {"pubmed": "pmid", "doi": "doi", "pmc": "pmcid"}


def convert(client: Client, kind: str, values: Sequence[str], mail: Mapping[str, str]) -> dict[str, LookupResult]:
    """Map identifiers of one kind (doi or pmcid) to their PMID, PMCID and DOI.

    The converter knows only PubMed Central. Raises ServiceError, MalformedError.
    """
    parameters = {"ids": ",".join(values), "idtype": kind, "format": "json", **mail}
    response = client.get("/api/v1/articles/", parameters)
    records = response.content.get("records") if isinstance(response.content, dict) else None
    if not isinstance(records, list):
        raise MalformedError("the ID converter's response has no records")
    found = {}
    for record in records:
        if (
            isinstance(record, dict)
            and record.get("status") != "error"
            and (identifier := _normal(kind, record.get(kind)))
        ):
            facts = {name: value for name in ("pmid", "pmcid", "doi") if (value := _normal(name, record.get(name)))}
            found[identifier] = LookupResult(response.status, facts, record)
    return {value: found.get(value, LookupResult(response.status)) for value in values}


def summarise(
    client: Client, pmids: Sequence[str], mail: Mapping[str, str]
) -> dict[str, LookupResult | MalformedError]:
    """Map PMIDs to title, journal, year, DOI and PMCID. Raises ServiceError, MalformedError."""
    parameters = {"db": "pubmed", "id": ",".join(pmids), "retmode": "json", **mail}
    response = client.get("/esummary.fcgi", parameters)
    result = response.content.get("result") if isinstance(response.content, dict) else None
    if not isinstance(result, dict):
        raise MalformedError("ESummary's response has no result")
    return {pmid: _summary(response.status, result.get(pmid), pmid) for pmid in pmids}


def _summary(status: int, record: Any, pmid: str) -> LookupResult | MalformedError:
    if record is None or (isinstance(record, dict) and "error" in record):
        return LookupResult(status)
    if not isinstance(record, dict) or str(record.get("uid")) != pmid:
        return MalformedError("ESummary's response is about another PMID")
    facts = {
        "title": _text(record.get("title")).removesuffix("."),
        "container_title": _text(record.get("fulljournalname")),
        "year": year_of(record.get("pubdate")),
        "pmid": pmid,
    }
    identifiers = record.get("articleids")
    for each in identifiers if isinstance(identifiers, list) else ():
        kind = NAMES.get(str(each.get("idtype"))) if isinstance(each, dict) else None
        if kind and (value := _normal(kind, each.get("value"))):
            facts.setdefault(kind, value)
    kept = {name: record[name] for name in KEPT if name in record}
    return LookupResult(status, {name: value for name, value in facts.items() if value}, kept)


def _normal(kind: str, value: Any) -> str | None:
    return normalise(kind, str(value)) if value not in (None, "") else None


def _text(value: Any) -> str:
    return " ".join(clean(value).split()) if isinstance(value, str) else ""
