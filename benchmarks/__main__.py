"""`python -m benchmarks`: measure extraction on a labelled corpus and compare it with the pinned floors."""

from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from benchmarks import gate

CORPUS = Path(__file__).parent.parent.parent / "shared" / "corpora" / "extraction"


@click.command()
@click.option("--corpus", type=click.Path(path_type=Path), default=CORPUS, help="Folder of pages.jsonl and html/.")
@click.option("--floors", "path", type=click.Path(path_type=Path), default=gate.FLOORS, help="File of the floors.")
@click.option("--raise", "pin", is_flag=True, help="Pin the figures that are above their floors.")
@click.option(
    "--lower", is_flag=True, help="With --raise: pin all figures, also lower ones or those of another corpus."
)
def main(corpus: Path, path: Path, pin: bool, lower: bool) -> None:
    """Measure extraction; exit 1 if a figure is below its floor, 2 if there is no corpus."""
    if not (corpus / "pages.jsonl").exists():
        raise click.UsageError(f"There are no labelled pages in {corpus}: name their folder with --corpus.")
    from benchmarks.extraction import corpus_hash, measure

    digest, figures, floors = corpus_hash(corpus), measure(corpus), gate.load(path)
    if floors and floors.corpus != digest and not lower:
        raise click.UsageError("The floors were pinned on other pages: pin them again with --raise --lower.")
    below = gate.below_floor(floors, figures) if floors else []
    Console().print(_table(figures, floors, below))
    if pin and (lower or not below):
        gate.save(gate.raised(floors, digest, figures, lower=lower), path)
    elif below:
        raise SystemExit(1)


def _table(figures: dict[str, float], floors: gate.Floors | None, below: list[str]) -> Table:
    table = Table("figure", "now", "floor", "", box=None)
    for name, figure in figures.items():
        floor = floors.figures.get(name) if floors else None
        verdict = "[red]below its floor[/red]" if name in below else ""
        table.add_row(name, f"{figure:.4f}", f"{floor:.4f}" if floor is not None else "-", verdict)
    return table


if __name__ == "__main__":
    main(prog_name="python -m benchmarks")
