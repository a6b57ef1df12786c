"""`python -m benchmarks.fuzz`: feed mutated inputs to what reads foreign bytes, and report what breaks."""

from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from benchmarks.fuzz import runs
from benchmarks.fuzz.targets import TARGETS


@click.command()
@click.option("--minutes", type=click.FloatRange(min=0, min_open=True), default=10.0, help="Time for all targets.")
@click.option("--target", "names", type=click.Choice(list(TARGETS)), multiple=True, help="Fuzz this one alone.")
@click.option(
    "--folder", type=click.Path(path_type=Path, file_okay=False), default=Path("fuzzing"),
    help="Where the grown corpus and the finds are kept.",
)  # fmt: skip
@click.option("--keep", is_flag=True, help="Copy to tests/fuzz_corpus what covers more branches than is there.")
def main(minutes: float, names: tuple[str, ...], folder: Path, keep: bool) -> None:
    """Fuzz the targets in turn, each for its share of the time; exit 1 with a find, 2 without a fuzzer.

    A find is an error that is not documented, a broken law, a step of more than 20 s, or more than 1,500 MB of memory.
    """
    if not runs.is_installed():
        raise click.UsageError("The fuzzer atheris is not installed: pip install -e '.[fuzz]' on Linux (x86-64).")
    targets = [TARGETS[name] for name in names or TARGETS]
    table = Table("target", "inputs", "coverage", "corpus", "MB", "finds", box=None)
    finds: list[Path] = []
    for target in targets:
        try:
            run = runs.fuzz(target, minutes * 60 / len(targets), folder)
        except runs.FuzzerError as error:
            raise click.ClickException(f"The fuzzer ended unexpectedly:\n{error}") from error
        counts = (run.inputs, run.coverage, run.corpus, run.memory, len(run.finds))
        table.add_row(run.target, *(f"{count:,}" for count in counts))
        finds += run.finds
        if keep:
            runs.keep(target, folder)
    Console().print(table)
    for path in finds:
        click.echo(f"Found: {path}")
    if finds:
        raise SystemExit(1)


if __name__ == "__main__":
    main(prog_name="python -m benchmarks.fuzz")
