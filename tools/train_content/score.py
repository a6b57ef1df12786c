"""Score drafts and judged texts on labelled pages, each page by a model that saw no page of its site."""

import gzip
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from multiprocessing import Pool
from pathlib import Path
from typing import Any

from archive.article import NoArticle
from archive.extraction.judge.decision import judge
from archive.extraction.markdown import plain_text
from archive.extraction.pipeline import draft_article
from archive.page import Page
from archive.references.markers import strip
from archive.references.sequence_model import Model
from benchmarks.overlap import Pair, f1, overlap
from tools.train_content.corpus import site_of
from tools.train_content.model import fold_of


@dataclass(slots=True)
class Scores:
    """Overlap with the labelled text by group of pages: of drafts and of judged texts; how many pages changed."""

    drafts: defaultdict[str, list[Pair]] = field(default_factory=lambda: defaultdict(list))
    judged: defaultdict[str, list[Pair]] = field(default_factory=lambda: defaultdict(list))
    changed: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))

    def rows(self) -> list[tuple[str, int, float, float, int]]:
        """Return for each group its name, number of pages, F1 of drafts and of judged texts, and changed pages."""
        return [
            (group, len(pairs), f1(pairs), f1(self.judged[group]), self.changed[group])
            for group, pairs in sorted(self.drafts.items())
        ]


def score(folder: Path, models: Sequence[Path]) -> Scores:
    """Score all pages of a corpus; `models` holds one model for each fold, trained without the fold's sites."""
    rows = [json.loads(line) for line in (folder / "pages.jsonl").read_bytes().splitlines()]
    scores = Scores()
    with Pool() as pool:
        for row, (draft, judged) in zip(
            rows, pool.imap(_pairs, ((folder, row, models) for row in rows), chunksize=8), strict=True
        ):
            for group in _groups(row):
                scores.drafts[group].append(draft)
                scores.judged[group].append(judged)
                scores.changed[group] += draft != judged
    return scores


_MODELS: dict[Path, Model] = {}


def _pairs(job: tuple[Path, Mapping[str, Any], Sequence[Path]]) -> tuple[Pair, Pair]:
    folder, row, models = job
    body = gzip.decompress((folder / "html" / f"{row['id']}.html.gz").read_bytes())
    path = models[fold_of(site_of(row["url"]))]
    if path not in _MODELS:
        _MODELS[path] = Model(path.read_bytes())
    try:
        draft = draft_article(Page(url=row["url"], body=body))
    except NoArticle:
        empty = overlap(row["text"], "")
        return empty, empty
    before = overlap(row["text"], strip(plain_text(item.block for item in draft.kept)))
    if draft.is_stated:
        return before, before
    kept, _ = judge(
        draft.decoded.text,
        draft.lines,
        draft.kept,
        draft.removals,
        draft.content_root,
        draft.facts.title,
        _MODELS[path],
    )
    return before, overlap(row["text"], strip(plain_text(item.block for item in kept)))


def _groups(row: Mapping[str, Any]) -> list[str]:
    groups = ["all", f"fold {fold_of(site_of(row['url']))}", row["corpus"]]
    groups += ["zh"] if row["lang"] == "zh" else []
    groups += ["health"] if row["health"] else []
    return groups
