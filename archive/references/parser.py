"""A printed reference into its fields."""

import re
from collections.abc import Mapping

from archive.article import Reference
from archive.references import gazetteer, sequence_model
from archive.references.fields import Fields, read_fields
from archive.references.numbers import Numbers, read_numbers
from archive.references.prepared import URL, Core, prepare

_TYPES = {
    "J": "article-journal",
    "M": "book",
    "C": "paper-conference",
    "D": "thesis",
    "R": "report",
    "S": "standard",
    "P": "patent",
    "N": "article-newspaper",
    "G": "book",
    "A": "chapter",
    "EB": "webpage",
    "DB": "dataset",
    "CP": "software",
    "Z": "document",
}
_CHECKED = frozenset({"isbn", "issn"})  # kinds with a check digit


def parse_reference(text: str) -> Reference:
    """The fields of one printed reference; any string gives a Reference, `raw` is the text with white space folded.

    Identifiers, locators and type marks are read by patterns, authors, title and container by the sequence model (see
    `crf`), and by rule where a GB/T 7714 mark such as [J] is printed. `confidence` holds, for each field found, the
    probability that its least certain word belongs to it (0..1); identifiers have 1.0 if their check digit is right
    and 0.99 if they have none. How far it can be trusted is measured in data/MODEL_CARD.md.
    """
    return read_reference(text, sequence_model.shipped(), gazetteer.shipped())


def read_reference(text: str, model: sequence_model.Model, journals: gazetteer.Gazetteer) -> Reference:
    """`parse_reference` with a model and a gazetteer of one's own."""
    raw = " ".join(text.split())
    core = prepare(raw)
    runs = model.runs(core, journals)
    fields = read_fields(core, runs)
    numbers = read_numbers(core, runs)
    return Reference(
        label=core.label.name if core.label else None,
        raw=raw,
        type=_type(core, fields, numbers),
        authors=fields.authors,
        title=fields.title or None,
        container_title=fields.container or None,
        publisher=fields.publisher or None,
        year=numbers.year,
        volume=numbers.volume,
        issue=numbers.issue,
        pages=numbers.pages,
        url=_url(core.body),
        confidence=_confidence(fields.confidence, numbers.confidence, core.found),
        **core.found,
    )


def _confidence(*parts: Mapping[str, object]) -> dict[str, float]:
    *read, found = parts
    sure = {name: round(float(str(value)), 3) for part in read for name, value in part.items()}
    return sure | {kind: 1.0 if kind in _CHECKED else 0.99 for kind in found}


def _type(core: Core, fields: Fields, numbers: Numbers) -> str | None:
    if core.mark:
        return _TYPES[re.split(r"\s?/", core.mark[1].upper())[0]]
    if "isbn" in core.found:
        return "book"
    if fields.container and (numbers.volume or numbers.pages):
        return "article-journal"
    return "article-journal" if core.found.keys() & {"pmid", "pmcid"} else None


def _url(body: str) -> str | None:
    """The first URL printed that is more than an identifier's own address."""
    for match in URL.finditer(body):
        url = match[0].replace(" ", "").rstrip(".,;:)]'")
        if "doi.org/" not in url and url.lower().startswith("http"):
            return url
    return None
