"""`python -m benchmarks.copies`: how well copies of an article are told, and why the constants are what they are."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.table import Table

from benchmarks.__main__ import CORPUS

if TYPE_CHECKING:
    from benchmarks.copies_figures import Figures

PRECISION, RECALL = 0.99, 0.95  # what is asked for on the half that nothing was chosen on


@click.command()
@click.option("--corpus", type=click.Path(path_type=Path), default=CORPUS, help="Folder of pages.jsonl.")
@click.option("--sweep", is_flag=True, help="Also sweep the constants on the other half (some minutes).")
def main(corpus: Path, sweep: bool) -> None:
    """Tell copies among variants of real pages and look-alikes; exit 1 below the targets, 2 without pages."""
    if not (corpus / "pages.jsonl").exists():
        raise click.UsageError(f"There are no labelled pages in {corpus}: name their folder with --corpus.")
    from benchmarks import copies_archive, copies_figures, copies_pairs

    console = Console()
    develop, hold_out = copies_pairs.halves(copies_pairs.pages(corpus))
    if sweep:
        pairs = copies_pairs.labelled(develop)
        console.print(_rules(copies_figures.rules(pairs)), _sketches(copies_figures.sketches(pairs)))
    pairs = copies_pairs.labelled(hold_out)
    found = copies_figures.end_to_end(pairs)
    console.print(_kinds(found))
    stored = copies_archive.measure(pairs)
    number, taken = copies_figures.strangers(sorted({pair.one for pair in pairs if pair.copies}))
    console.print(f"pairs: precision {found.precision:.4f}, recall {found.recall:.4f}")
    console.print(
        f"groups in an archive of all these texts: precision {stored.precision:.4f}, recall {stored.recall:.4f}"
    )
    console.print(f"different pages taken for copies: {taken} of {number:,} pairs")
    if min(found.precision, stored.precision) < PRECISION or min(found.recall, stored.recall) < RECALL:
        raise SystemExit(1)


def _rules(rows: "Iterable[tuple[str, float, bool, Figures]]") -> Table:
    table = Table("constant", "value", "precision", "recall", "", box=None, title="the rule, half to develop on")
    for name, value, chosen, found in rows:
        mark = "chosen" if chosen else ""
        table.add_row(name, f"{value:g}", f"{found.precision:.4f}", f"{found.recall:.4f}", mark)
    return table


def _sketches(rows: Iterable[tuple[int, int, list[float], list[float]]]) -> Table:
    from benchmarks.copies_figures import BAND_NUMBERS

    table = Table("words/characters", *(f"{bands} bands" for bands in BAND_NUMBERS), box=None)
    table.title = "copies that share a band, and texts of a million that do by chance"
    for words, characters, found, chance in rows:
        cells = (f"{share:.4f} {by_chance:,.0f}" for share, by_chance in zip(found, chance, strict=True))
        table.add_row(f"{words}/{characters}", *cells)
    return table


def _kinds(found: "Figures") -> Table:
    table = Table("kind", "pairs", "wrong", box=None, title="half that nothing was chosen on")
    for kind, number in found.pairs.items():
        table.add_row(kind, str(number), str(found.wrong[kind]))
    return table


if __name__ == "__main__":
    main(prog_name="python -m benchmarks.copies")
