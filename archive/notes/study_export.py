"""Write the answers of a study as CSV and JSON."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from archive.export.csv import csv_record

COLUMNS = (
    "study", "position", "url", "title", "revision", "content_hash", "question", "coder_a", "answer_a", "coder_b",
    "answer_b", "agree", "final", "settled_by", "comment_a", "comment_b", "comment",
)  # fmt: skip


def write_csv(rows: Iterable[Mapping[str, object]]) -> Iterator[str]:
    """Yield a heading and a row for each article and question; `agree` is 1 or 0."""
    yield csv_record(COLUMNS)
    for row in rows:
        cells = [row[column] for column in COLUMNS]
        yield csv_record(int(cell) if isinstance(cell, bool) else cell for cell in cells)


def write_json(rows: Sequence[Mapping[str, object]]) -> Iterator[str]:
    """Yield a JSON list of the same rows."""
    yield json.dumps(rows, ensure_ascii=False, indent=2) + "\n"


WRITERS: dict[str, Callable[[Sequence[Mapping[str, object]]], Iterator[str]]] = {"csv": write_csv, "json": write_json}
