"""`crawl --cluster`: the options, and how the crawl ended."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from archive.cli.common import print_json, say
from archive.errors import ExitCode, UserError

if TYPE_CHECKING:
    from archive.articles.reprocess import Extraction
    from crawler.cluster.plan import Plan, Result

cluster_option = click.option(
    "--cluster",
    metavar="ADDRESS",
    help="Run on a Dask cluster: tcp://SCHEDULER:8786, or local[:N] for N processes on this machine.",
)
shards_option = click.option(
    "--shards",
    metavar="PLACE",
    help="Where --cluster keeps its shards: a folder that all workers reach, or s3://BUCKET/PATH.",
)
turn_option = click.option(
    "--turn",
    type=click.FloatRange(0.05),
    default=10.0,
    show_default=True,
    metavar="MINUTES",
    help="After which a worker of --cluster gives its shard back to be merged.",
)
lease_option = click.option(
    "--lease",
    type=click.FloatRange(4),
    default=120.0,
    show_default=True,
    metavar="SECONDS",
    help="After which another worker of --cluster gets the shard of one that is silent.",
)


def check_options(cluster: str | None, place: str | None, what: tuple[str, ...], *, is_list: bool) -> None:
    """Raise UserError where the options of a cluster do not go together."""
    if place and not cluster:
        raise UserError("--shards is for crawls on a cluster: give --cluster too.")
    if cluster and (is_list or any("://" in word for word in what)):
        raise UserError("--cluster crawls configured sites, not single addresses: crawl these without it.")


def crawl_on_cluster(cluster: str, plan: "Plan", *, as_json: bool) -> int:
    """Crawl, print what came of it, and return the exit code. Raises UserError."""
    from crawler.cli.crawl_options import as_user_error
    from crawler.cluster.connect import check_address, connected
    from crawler.cluster.driver import crawl

    try:
        check_address(cluster)
        if not plan.place:
            raise UserError("--cluster needs --shards PLACE: a folder that all workers reach, or s3://BUCKET/PATH.")
        from crawler.shards.places import open_store

        open_store(plan.place)
        with connected(cluster) as client:
            result = crawl(plan, client, say=say)
    except UserError:
        raise
    except Exception as error:
        raise as_user_error(error) from error
    _print(result, as_json=as_json)
    if result.interrupted:
        return ExitCode.INTERRUPTED
    return ExitCode.NEEDS_A_LOOK if result.problems or result.warnings else 0


@contextmanager
def extraction_on_cluster(cluster: str | None, folder: Path) -> "Iterator[Extraction | None]":
    """Yield what extracts pages of the WARC folder on the cluster, None without one. Raises UserError."""
    if cluster is None:
        yield None
        return
    from crawler.cli.crawl_options import as_user_error
    from crawler.cluster.connect import ClusterError, connected
    from crawler.cluster.extraction import ClusterExtraction

    try:
        with connected(cluster) as client:
            yield ClusterExtraction(client, folder)
    except ClusterError as error:
        raise as_user_error(error) from error


def _print(result: "Result", *, as_json: bool) -> None:
    if as_json:
        print_json(asdict(result))
        return
    pages, articles = result.pages, result.articles
    click.echo(f"{result.turns} turns in {result.shards} shards: {pages['new']} new pages, {pages['changed']} changed.")
    click.echo(f"{articles['new']} new articles, {articles['changed']} changed.")
    if result.is_unfinished:
        click.echo("More is due: the same command goes on.")
    for line in [*result.problems, *result.warnings]:
        say(line)


def plan_of(
    archive: Path, place: str | None, names: tuple[str, ...], sites_folder: Path | None, **options: object
) -> "Plan":
    """Return the plan of a crawl. Raises UserError for an unknown site."""
    from crawler.cli.crawl_options import load_configured, named_site
    from crawler.cluster.plan import Plan

    sites = load_configured(sites_folder)
    for name in names:
        named_site(sites, name)
    return Plan(archive=archive, place=place or "", sites_folder=sites_folder, only=names or None, **options)  # type: ignore[arg-type]
