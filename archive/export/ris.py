"""Write works as RIS, with the tags of Reference Manager's format description and Zotero's translator and CR LF."""

from collections.abc import Iterable, Iterator

from archive.references.person_names import person
from archive.works.models import Work, one_line, page_range

TYPES = {
    "article-journal": "JOUR", "article-newspaper": "NEWS", "article-magazine": "MGZN", "book": "BOOK",
    "chapter": "CHAP", "paper-conference": "CPAPER", "thesis": "THES", "report": "RPRT", "standard": "STAND",
    "patent": "PAT", "webpage": "ELEC", "dataset": "DATA", "software": "COMP",
}  # fmt: skip

ET_AL = "et al.,"  # the last author where more are not named, as EndNote's manual has it; the comma keeps it one name


def write(works: Iterable[Work]) -> Iterator[str]:
    """Yield a record for each work, which ends with ER and an empty line."""
    for work in works:
        lines = [f"{tag}  - {one_line(value)}" for tag, value in _tags(work) if value]
        yield "\r\n".join([*lines, "ER  - ", "", ""])


def _tags(work: Work) -> Iterator[tuple[str, str | None]]:
    yield "TY", TYPES.get(work.type or "", "GEN")
    yield "ID", f"work-{work.id}"
    for author in work.authors:
        yield "AU", _name(author)
    if work.authors and work.et_al:
        yield "AU", ET_AL
    yield "TI", work.title
    yield "T2", work.container_title
    yield "PB", work.publisher
    yield "PY", str(work.year or "")
    yield "VL", work.volume
    yield "IS", work.issue
    first, last = page_range(work.pages or "")
    yield "SP", first
    yield "EP", last
    yield "DO", work.doi
    yield "SN", work.isbn or work.issn
    yield "AN", work.pmid
    yield "C2", work.pmcid
    yield "UR", work.url or (f"https://arxiv.org/abs/{work.arxiv}" if work.arxiv else None)
    yield "Y2", (work.accessed or "").replace("-", "/")
    yield "N1", work.note


def _name(printed: str) -> str:
    """Return `Family, Given`. In a name that must not be split a comma becomes a semicolon."""
    name = person(one_line(printed))
    return f"{name.family}, {name.given}" if name.family else name.literal.replace(",", ";")
