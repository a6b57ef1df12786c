"""The pages that are measured: a draw from the labelled corpus, or generated ones in the same layout."""

import gzip
import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from benchmarks.pipeline.generated import write_corpus

HTML = "html"


@dataclass(frozen=True, slots=True)
class PageSet:
    """Pages in a folder, with ids and URLs in `pages.jsonl`; `digest` is the SHA-256 of them all."""

    folder: Path
    corpus: Path
    kind: str
    number: int
    digest: str


def prepare(corpus: Path, number: int, work: Path) -> PageSet:
    """Write `number` pages of the corpus to a folder in `work`, or generate them where there is no corpus.

    The pages are drawn evenly over the corpus, which lists its parts one after the other.
    """
    kind = "labelled"
    if not (corpus / "pages.jsonl").exists():
        kind, corpus = "generated", work / "corpus"
        write_corpus(corpus, number)
    rows = [json.loads(line) for line in (corpus / "pages.jsonl").read_bytes().splitlines()]
    number = min(number, len(rows))
    rows = [rows[at * len(rows) // number] for at in range(number)]
    folder, digest = work / "pages", hashlib.sha256()
    (folder / HTML).mkdir(parents=True)
    for row in rows:
        body = gzip.decompress((corpus / HTML / f"{row['id']}.html.gz").read_bytes())
        digest.update(row["id"].encode() + body)
        (folder / HTML / f"{row['id']}.html").write_bytes(body)
    kept = ({name: row[name] for name in ("id", "url")} for row in rows)
    lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in kept)
    (folder / "pages.jsonl").write_text(lines, encoding="utf-8")
    return PageSet(folder, corpus, kind, number, digest.hexdigest())
