"""`python -m benchmarks.kills`: kill crawls and other jobs at seeded moments, and compare with undisturbed ones."""

import statistics
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import click


@click.command()
@click.option("--kills", type=click.IntRange(2), default=50, show_default=True, help="Kills of crawls.")
@click.option("--others", type=click.IntRange(1), default=5, show_default=True, help="Kills of each other command.")
@click.option("--pages", type=click.IntRange(20), default=1500, show_default=True, help="Articles of the site.")
@click.option("--seed", type=int, default=1, show_default=True)
@click.option(
    "--folder", type=click.Path(path_type=Path), help="Keep the archives in this folder, which must be empty."
)
def main(kills: int, others: int, pages: int, seed: int, folder: Path | None) -> None:
    """Kill jobs; exit 1 if an archive differs from one whose jobs were left alone, or much is asked twice."""
    from tests.kills.commands import run_commands
    from tests.kills.crawls import AT_MOST_TWICE, run_kills

    start = time.monotonic()
    with tempfile.TemporaryDirectory() as temporary:
        (folder or Path(temporary)).mkdir(parents=True, exist_ok=True)
        work = folder or Path(temporary)
        report = run_kills(work, kills=kills, pages=pages, seed=seed, say=click.echo)
        for kind, number in sorted(report.kills.items()):
            click.echo(f"killed at {kind}: {number}")
        click.echo(f"asked twice a kill: {statistics.mean(report.twice):.1f} on average, {max(report.twice)} at most")
        _say(report.problems, start)
        _, problems = run_commands(work / "killed", work, pages=pages, kills=others, seed=seed, say=click.echo)
        _say(problems, start)
    if report.problems or problems or max(report.twice) > AT_MOST_TWICE:
        raise SystemExit(1)


def _say(problems: Sequence[str], start: float) -> None:
    for problem in problems:
        click.echo(problem)
    click.echo(f"{len(problems)} differences or problems after {time.monotonic() - start:.0f} s")


if __name__ == "__main__":
    main(prog_name="python -m benchmarks.kills")
