"""Write works as CSL-JSON, which Zotero, pandoc and citeproc read.

Names of fields and types as in the Citation Style Language's specification, version 1.0.2.
"""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from archive.references.person_names import person
from archive.works.models import Work, one_line, page_range

FIELDS = {
    "title": "title", "container_title": "container-title", "publisher": "publisher", "volume": "volume",
    "issue": "issue", "doi": "DOI", "pmid": "PMID", "pmcid": "PMCID", "isbn": "ISBN", "issn": "ISSN", "url": "URL",
    "note": "note",
}  # fmt: skip

ET_AL = {"literal": "others"}  # the last author where more are not named: pandoc makes "et al." of it


def write(works: Iterable[Work]) -> Iterator[str]:
    """Yield one JSON array with an item on each line."""
    before = "[\n"
    for work in works:
        yield before + json.dumps(csl_item(work), ensure_ascii=False)
        before = ",\n"
    yield "\n]\n" if before == ",\n" else "[]\n"


def csl_item(work: Work) -> dict[str, Any]:
    """Return the work as a CSL item, without unknown fields."""
    item: dict[str, Any] = {"id": f"work-{work.id}", "type": work.type or "document"}
    if work.authors:
        item["author"] = [*map(_name, work.authors), *([ET_AL] if work.et_al else [])]
    item |= {name: one_line(value) for field, name in FIELDS.items() if (value := getattr(work, field))}
    if work.pages:
        item["page"] = one_line("-".join(filter(None, page_range(work.pages))))
    if work.year:
        item["issued"] = {"date-parts": [[work.year]]}
    if work.accessed:
        item["accessed"] = {"date-parts": [list(map(int, work.accessed.split("-")))]}
    if work.arxiv:
        item["archive"], item["archive_location"] = "arXiv", work.arxiv
    return item


def _name(printed: str) -> dict[str, str]:
    name = person(one_line(printed))
    return {"literal": name.literal} if name.literal else {"family": name.family, "given": name.given}
