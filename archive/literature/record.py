"""The type of what the index holds: one publication."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class LiteratureRecord:
    """A publication as a bibliographic database describes it; what is not stated is "" or empty.

    `authors` are names as the database writes them, `Bates TC` or `Bates, Timothy C.`; `published` is an ISO 8601 date
    that may lack its day or month; `notice` is the nature of a notice about the work, such as `Retraction`.
    """

    title: str
    pmid: str = ""
    pmcid: str = ""
    doi: str = ""
    authors: tuple[str, ...] = ()
    journal: str = ""
    abbreviation: str = ""
    published: str = ""
    volume: str = ""
    issue: str = ""
    pages: str = ""
    abstract: str = ""
    notice: str = ""
