"""`python -m benchmarks.kills`: kill crawls at seeded moments, and compare what they leave with an undisturbed one."""

import statistics
import tempfile
import time
from pathlib import Path

import click


@click.command()
@click.option("--kills", type=click.IntRange(2), default=50, show_default=True, help="Kills of crawls.")
@click.option("--pages", type=click.IntRange(20), default=1500, show_default=True, help="Articles of the site.")
@click.option("--seed", type=int, default=1, show_default=True)
@click.option(
    "--folder", type=click.Path(path_type=Path), help="Keep the archives in this folder, which must be empty."
)
def main(kills: int, pages: int, seed: int, folder: Path | None) -> None:
    """Kill crawls of a loopback site; exit 1 if anything differs from one left alone, or much is asked twice."""
    from tests.kills.crawls import AT_MOST_TWICE, run_kills

    start = time.monotonic()
    with tempfile.TemporaryDirectory() as temporary:
        (folder or Path(temporary)).mkdir(parents=True, exist_ok=True)
        report = run_kills(folder or Path(temporary), kills=kills, pages=pages, seed=seed, say=click.echo)
    for kind, number in sorted(report.kills.items()):
        click.echo(f"killed at {kind}: {number}")
    click.echo(f"asked twice a kill: {statistics.mean(report.twice):.1f} on average, {max(report.twice)} at most")
    click.echo(f"{time.monotonic() - start:.0f} s")
    for problem in report.problems:
        click.echo(problem)
    if report.problems or max(report.twice) > AT_MOST_TWICE:
        raise SystemExit(1)


if __name__ == "__main__":
    main(prog_name="python -m benchmarks.kills")
