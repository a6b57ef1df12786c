"""Labelled pages as sequences of lines: features, whether each line is in the labelled text, and the draft."""

import gzip
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from multiprocessing import Pool
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from archive.article import NoArticle
from archive.extraction.block_positions import letters_of
from archive.extraction.judge.features import line_features
from archive.extraction.judge.lines import SHORTEST, JudgedLine, judged_lines
from archive.extraction.judge.second_text import second_text
from archive.extraction.pipeline import draft_article
from archive.page import Page

# Letters by which a line is recognised in the labelled text.
_KEY = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A labelled page: the features of its lines, which of them are content, and its site's registered name."""

    id: str
    site: str
    features: list[list[str]]
    content: list[bool]


def read(folder: Path) -> list[Example]:
    """Return the pages of a corpus (see benchmarks.extraction) that have lines to judge, in its order."""
    rows = [json.loads(line) for line in (folder / "pages.jsonl").read_bytes().splitlines()]
    with Pool() as pool:
        return [example for example in pool.imap(_example, ((folder, row) for row in rows), chunksize=8) if example]


def site_of(url: str) -> str:
    """Return the last two labels of a URL's host, by which folds are made."""
    return ".".join((urlsplit(url).hostname or url).split(".")[-2:])


def _example(job: tuple[Path, dict[str, Any]]) -> Example | None:
    folder, row = job
    body = gzip.decompress((folder / "html" / f"{row['id']}.html.gz").read_bytes())
    try:
        draft = draft_article(Page(url=row["url"], body=body))
    except NoArticle:
        return None
    lines = judged_lines(draft.lines, draft.kept, draft.removals, second_text(draft.decoded.text))
    if draft.is_stated or not lines:
        return None
    rows = line_features(lines, draft.content_root, letters_of(draft.facts.title))
    features = [list(map(sys.intern, row)) for row in rows]  # a twentieth of the memory
    return Example(
        id=row["id"], site=site_of(row["url"]), features=features, content=list(_labels(lines, letters_of(row["text"])))
    )


def _labels(lines: list[JudgedLine], gold: str) -> Iterator[bool]:
    """Yield whether each line is in the labelled text; a very short one also has to be in an extracted text."""
    for line in lines:
        begins = line.letters[:_KEY] in gold
        if line.size < SHORTEST:
            yield begins and (line.kept or line.second)
        else:
            yield begins or (len(line.letters) > 80 and line.letters[10:50] in gold and line.letters[-50:-10] in gold)
