"""Exports: a format is one small file and one line here.

A writer takes articles as objects (`archive.articles.lookup.StoredArticle.as_object`), or works, and yields text.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from archive.export.bibtex import write_bibtex
from archive.export.csljson import write_csl_json
from archive.export.csv import write_csv
from archive.export.jsonl import write_jsonl
from archive.export.ris import write_ris
from archive.works.models import Work

ArticleWriter = Callable[[Iterable[Mapping[str, Any]]], Iterator[str]]
WorkWriter = Callable[[Iterable[Work]], Iterator[str]]

ARTICLE_FORMATS: dict[str, ArticleWriter] = {"jsonl": write_jsonl, "csv": write_csv}
WORK_FORMATS: dict[str, WorkWriter] = {"bibtex": write_bibtex, "ris": write_ris, "csljson": write_csl_json}
