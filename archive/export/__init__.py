"""Export articles or works as text.

A format is a module of this package with a function `write`, and a line in FORMATS. `write` takes articles as objects
(`archive.articles.lookup.StoredArticle.as_object`), or works (`archive.works.models.Work`), and yields text. A format
of works also has `write_articles`, which takes articles and yields citations of them. The modules are imported when
they are used.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Literal, cast

Writer = Callable[[Iterable[Any]], Iterator[str]]


@dataclass(frozen=True, slots=True)
class ExportFormat:
    """A format: its module and name on the command line, its name for readers, its file extension and media type."""

    name: str
    title: str
    content: Literal["articles", "works"]
    extension: str
    media_type: str

    @property
    def write(self) -> Writer:
        """The function that writes the format."""
        return cast("Writer", import_module(f"archive.export.{self.name}").write)

    @property
    def write_articles(self) -> Writer:
        """The function that writes articles: their content, or citations of them in a format of works."""
        module = import_module(f"archive.export.{self.name}")
        return cast("Writer", module.write if self.content == "articles" else module.write_articles)


FORMATS = {
    each.name: each
    for each in (
        ExportFormat("jsonl", "JSON Lines", "articles", "jsonl", "application/jsonl"),
        ExportFormat("csv", "CSV", "articles", "csv", "text/csv"),
        ExportFormat("bibtex", "BibTeX", "works", "bib", "application/x-bibtex"),
        ExportFormat("ris", "RIS", "works", "ris", "application/x-research-info-systems"),
        ExportFormat("csljson", "CSL-JSON", "works", "csl.json", "application/vnd.citationstyles.csl+json"),
    )
}
CITATION_FORMATS = tuple(each for each in FORMATS.values() if each.content == "works")
