"""`python -m benchmarks.duplicates`: measure near-duplicate detection and sweep its constants."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.table import Table

from benchmarks.__main__ import CORPUS

if TYPE_CHECKING:
    from benchmarks.duplicates_figures import Figures

PRECISION, RECALL = 0.99, 0.95  # targets on the hold-out half


@click.command()
@click.option("--corpus", type=click.Path(path_type=Path), default=CORPUS, help="Folder of pages.jsonl.")
@click.option("--sweep", is_flag=True, help="Also sweep the constants on the development half (some minutes).")
def main(corpus: Path, sweep: bool) -> None:
    """Measure detection on variants of real pages and on look-alikes; exit 1 below the targets, 2 without pages."""
    if not (corpus / "pages.jsonl").exists():
        raise click.UsageError(f"There are no labelled pages in {corpus}: name their folder with --corpus.")
    from benchmarks import duplicates_archive, duplicates_figures, duplicates_pairs

    console = Console()
    develop, hold_out = duplicates_pairs.halves(duplicates_pairs.pages(corpus))
    if sweep:
        pairs = duplicates_pairs.labelled(develop)
        console.print(_rules(duplicates_figures.rules(pairs)), _sketches(duplicates_figures.sketches(pairs)))
    pairs = duplicates_pairs.labelled(hold_out)
    found = duplicates_figures.end_to_end(pairs)
    console.print(_kinds(found))
    stored = duplicates_archive.measure(pairs)
    number, wrong = duplicates_figures.different_pages(sorted({pair.one for pair in pairs if pair.copies}))
    console.print(f"pairs: precision {found.precision:.4f}, recall {found.recall:.4f}")
    console.print(
        f"groups in an archive of all these texts: precision {stored.precision:.4f}, recall {stored.recall:.4f}"
    )
    console.print(f"different pages in one group: {wrong} of {number:,} pairs")
    if min(found.precision, stored.precision) < PRECISION or min(found.recall, stored.recall) < RECALL:
        raise SystemExit(1)


def _rules(rows: "Iterable[tuple[str, float, bool, Figures]]") -> Table:
    table = Table("constant", "value", "precision", "recall", "", box=None, title="the rule, development half")
    for name, value, chosen, found in rows:
        mark = "chosen" if chosen else ""
        table.add_row(name, f"{value:g}", f"{found.precision:.4f}", f"{found.recall:.4f}", mark)
    return table


def _sketches(rows: Iterable[tuple[int, int, list[float], list[float]]]) -> Table:
    from benchmarks.duplicates_figures import BAND_NUMBERS

    table = Table("words/characters", *(f"{bands} bands" for bands in BAND_NUMBERS), box=None)
    table.title = "share of copies with a common band, and texts of a million with one by chance"
    for words, characters, found, chance in rows:
        cells = (f"{share:.4f} {by_chance:,.0f}" for share, by_chance in zip(found, chance, strict=True))
        table.add_row(f"{words}/{characters}", *cells)
    return table


def _kinds(found: "Figures") -> Table:
    table = Table("kind", "pairs", "wrong", box=None, title="hold-out half")
    for kind, number in found.pairs.items():
        table.add_row(kind, str(number), str(found.wrong[kind]))
    return table


if __name__ == "__main__":
    main(prog_name="python -m benchmarks.duplicates")
