"""Read news texts with the paper behind each, and the papers, as `Compared` candidates."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from archive.literature.index import LiteratureIndex, open_index
from archive.literature.linker import candidates
from archive.literature.linking.features import Compared
from archive.literature.linking.news import NewsText, read_news
from archive.literature.record import LiteratureRecord


@dataclass(frozen=True, slots=True)
class Example:
    """A news text with its candidates and the PMID of its paper, which all texts about one paper share."""

    news: NewsText
    pmid: str
    candidates: list[Compared]


def build_index(papers: Path, path: Path) -> LiteratureIndex:
    """Make an index at `path` of the papers, one JSON object a line."""
    index = open_index(path, create=True)
    with index.transaction():
        index.add(_records(papers))
        index.count()
    return index


def read_examples(corpus: Path, path: Path) -> list[Example]:
    """Return the examples of `dev.jsonl`, compared with the papers of `papers.jsonl` in an index made at `path`."""
    with build_index(corpus / "papers.jsonl", path) as index:
        found = []
        for line in (corpus / "dev.jsonl").read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            news = read_news(row["title"], row["text"])
            found.append(Example(news, row["pmid"], candidates(index, news)))
        return found


def _records(papers: Path) -> Iterator[LiteratureRecord]:
    for line in papers.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        yield LiteratureRecord(
            title=row["title"], pmid=row["pmid"], authors=tuple(row["authors"]), journal=row["journal"]
        )
