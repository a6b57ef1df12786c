"""`python -m benchmarks.doubts`: how well injected faults in references are found, with an index and without."""

import random
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from archive.literature.checker import Source, check, source_of
from archive.literature.index import open_index
from archive.references import parse_reference
from benchmarks import doubts_faults as faults
from benchmarks.__main__ import CORPUS

STRINGS = CORPUS.parent / "references"
WITH_INDEX, ALONE = (0.99, 0.90), (0.98, 0.45)  # targets: precision, recall
SEED = 20


@dataclass(slots=True)
class Figures:
    """Counts of one run: faults by kind, those found, those found in a wrong field; clean strings that are doubted."""

    faults: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    misplaced: int = 0
    clean: int = 0
    doubted: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)

    @property
    def precision(self) -> float:
        """Right findings of the eight kinds among all findings."""
        right = sum(self.found[kind] for kind in faults.KINDS)
        return right / (right + self.misplaced + len(self.doubted) or 1)

    @property
    def recall(self) -> float:
        """Faults of the eight kinds that are found."""
        return sum(self.found[kind] for kind in faults.KINDS) / (sum(self.faults[kind] for kind in faults.KINDS) or 1)


def measure(strings: Sequence[faults.Labelled], pool: Sequence[faults.Labelled], source: Source | None) -> Figures:
    """Check each string as it is, and once with a fault; the kinds take turns."""
    figures = Figures()
    draw = random.Random(SEED)  # noqa: S311 - not for secrets
    kinds = (*faults.KINDS, *faults.BESIDE)
    for number, one in enumerate(strings):
        figures.clean += 1
        result = check(parse_reference(one.text), one.page, source)
        if result.verdict == "contradicts":
            figures.doubted.append(f"{one.text}  →  {result.contradictions}")
        kind = kinds[number % len(kinds)]
        text = faults.faulty(one, kind, pool, draw)
        if text is None:
            continue
        figures.faults[kind] += 1
        result = check(parse_reference(text), one.page, source)
        fields = {each.field for each in result.contradictions}
        figures.found[kind] += bool(fields & faults.FOUND_IN[kind])
        if not fields & faults.FOUND_IN[kind]:
            figures.missed.append(f"{kind}: {text}  →  {result}")
        figures.misplaced += kind in faults.KINDS and bool(fields) and not fields & faults.FOUND_IN[kind]
    return figures


@click.command()
@click.option(
    "--strings", "folder", type=click.Path(path_type=Path), default=STRINGS, help="Folder of labelled strings."
)
@click.option(
    "--sample", type=int, default=3_000, show_default=True, help="How many strings; those with identifiers come first."
)
@click.option("--half", type=click.Choice(["kept", "development"]), default="kept", show_default=True)
@click.option("--show", is_flag=True, help="Print the clean strings that are doubted, and the faults that are missed.")
def main(folder: Path, sample: int, half: str, show: bool) -> None:
    """Inject faults of eight kinds into labelled strings; exit 1 below the targets, 2 without strings."""
    if not folder.exists():
        raise click.UsageError(f"There are no labelled strings in {folder}: name their folder with --strings.")
    every = faults.labelled(folder)
    chosen = [one for one in every if _half(one.text) == half]
    chosen.sort(key=lambda one: not (one.fields.get("doi") or one.fields.get("pmid")))
    chosen = [*chosen[:200], *random.Random(SEED).sample(chosen[200:], min(sample, len(chosen)) - 200)]  # noqa: S311
    console = Console()
    alone = measure(chosen, every, None)
    with tempfile.TemporaryDirectory() as temporary, open_index(Path(temporary) / "strings.db", create=True) as index:
        with index.transaction():
            index.add(one.record() for one in every)
            index.count()
        with_index = measure(chosen, every, source_of(index))
    console.print(_table(with_index, alone))
    missed = False
    for name, figures, (precision, recall) in (("with an index", with_index, WITH_INDEX), ("page alone", alone, ALONE)):
        missed |= figures.precision < precision or figures.recall < recall
        console.print(
            f"{name}: precision {figures.precision:.4f} (target {precision}), "
            f"recall {figures.recall:.3f} (target {recall}), "
            f"{len(figures.doubted)} of {figures.clean:,} clean strings doubted"
        )
        if show:
            console.print(*figures.doubted, *figures.missed, sep="\n", markup=False)
    raise SystemExit(int(missed))


def _half(text: str) -> str:
    return "kept" if sum(text.encode()) % 2 else "development"


def _table(with_index: Figures, alone: Figures) -> Table:
    table = Table("fault", "injected", "found with an index", "found by the page alone", box=None)
    for kind in (*faults.KINDS, *faults.BESIDE):
        shares = (f"{figures.found[kind] / max(1, figures.faults[kind]):.3f}" for figures in (with_index, alone))
        beside = kind in faults.BESIDE
        table.add_row(f"({kind})" if beside else kind, str(with_index.faults[kind]), *shares)
    return table


if __name__ == "__main__":
    main(prog_name="python -m benchmarks.doubts")
