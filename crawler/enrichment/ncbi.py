"""NCBI: the PMC ID converter, and PubMed's summaries.

https://pmc.ncbi.nlm.nih.gov/tools/id-converter-api/ and https://www.ncbi.nlm.nih.gov/books/NBK25499/ (ESummary). Both
take many identifiers at once and ask for a tool's name and an address; without an API key three requests a second.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from archive.references.identifiers import normalise
from crawler.enrichment.client import Client
from crawler.enrichment.models import Finding, MalformedError, year_of

IDCONV = "https://pmc.ncbi.nlm.nih.gov/tools/idconv"
EUTILS = "https://eutils.ncbi.nlm.nih.gov/entrez/eutils"
INTERVAL = 0.34  # seconds: three requests a second
BATCH = 100  # identifiers a request; the converter takes 200
KEPT = ("uid", "title", "fulljournalname", "pubdate", "articleids")  # of an answer, in the archive
NAMES = {"pubmed": "pmid", "doi": "doi", "pmc": "pmcid"}


def convert(client: Client, kind: str, values: Sequence[str], mail: Mapping[str, str]) -> dict[str, Finding]:
    """PMID, PMCID and DOI of identifiers of one kind (doi or pmcid), by what was asked.

    Only what is in PubMed Central is known there. Raises ServiceError, MalformedError.
    """
    parameters = {"ids": ",".join(values), "idtype": kind, "format": "json", **mail}
    answer = client.get("/api/v1/articles/", parameters)
    records = answer.content.get("records") if isinstance(answer.content, dict) else None
    if not isinstance(records, list):
        raise MalformedError("the ID converter's answer has no records")
    found = {}
    for record in records:
        if isinstance(record, dict) and record.get("status") != "error" and (asked := _normal(kind, record.get(kind))):
            facts = {name: value for name in ("pmid", "pmcid", "doi") if (value := _normal(name, record.get(name)))}
            found[asked] = Finding(answer.status, facts, record)
    return {value: found.get(value, Finding(answer.status)) for value in values}


def summarise(client: Client, pmids: Sequence[str], mail: Mapping[str, str]) -> dict[str, Finding | MalformedError]:
    """Title, journal, year, DOI and PMCID of PMIDs, by PMID. Raises ServiceError, MalformedError."""
    parameters = {"db": "pubmed", "id": ",".join(pmids), "retmode": "json", **mail}
    answer = client.get("/esummary.fcgi", parameters)
    result = answer.content.get("result") if isinstance(answer.content, dict) else None
    if not isinstance(result, dict):
        raise MalformedError("ESummary's answer has no result")
    return {pmid: _summary(answer.status, result.get(pmid), pmid) for pmid in pmids}


def _summary(status: int, record: Any, pmid: str) -> Finding | MalformedError:
    if record is None or (isinstance(record, dict) and "error" in record):
        return Finding(status)
    if not isinstance(record, dict) or str(record.get("uid")) != pmid:
        return MalformedError("ESummary's answer is about another PMID")
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
    return Finding(status, {name: value for name, value in facts.items() if value}, kept)


def _normal(kind: str, value: Any) -> str | None:
    return normalise(kind, str(value)) if value not in (None, "") else None


def _text(value: Any) -> str:
    return " ".join(value.split()) if isinstance(value, str) else ""
