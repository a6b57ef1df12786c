"""Exports of articles: a format is one small file and one line here.

A writer takes articles as objects (`archive.reading.Stored.as_object`) and yields text, piece by piece.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from archive.export.csv import write_csv
from archive.export.jsonl import write_jsonl

Writer = Callable[[Iterable[Mapping[str, Any]]], Iterator[str]]

FORMATS: dict[str, Writer] = {"jsonl": write_jsonl, "csv": write_csv}
