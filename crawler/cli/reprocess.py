"""`healthnews reprocess`: extract stored pages again, with the hints of their sites' files as a crawl does."""

from pathlib import Path

import click

from archive.cli.common import archive_file, json_option, opened, print_json
from archive.cli.completion import archived_sites
from archive.cli.literature import default_index, link_stored
from archive.errors import ExitCode
from crawler.cli.cluster import cluster_option, extraction_on_cluster
from crawler.cli.crawl_options import load_configured, sites_option, workers_option


@click.command()
@click.argument("sites", nargs=-1, metavar="[SITE]…", shell_complete=archived_sites)
@workers_option
@cluster_option
@sites_option
@json_option
@archive_file
def reprocess(
    archive: Path,
    sites: tuple[str, ...],
    workers: int | None,
    cluster: str | None,
    sites_folder: Path | None,
    as_json: bool,
) -> None:
    """Extract the articles again from the stored bytes, of all pages or of those of SITE.

    The language in a site's file is a hint, as in a crawl. With --cluster the workers extract, and this process stores:
    they have to reach the archive's WARC folder by the same path. Where there is a bibliographic index, references are
    checked against it, and articles are linked to its papers again, as by `healthnews works --link`.

    \b
    Example:
      healthnews reprocess
    """
    from archive.articles.reprocess import reprocess as run
    from archive.console import tables
    from archive.console.output import console
    from archive.storage.connection import warc_folder

    languages = {name: site.language for name, site in load_configured(sites_folder).items()}
    folder = warc_folder(archive)
    with (
        extraction_on_cluster(cluster, folder) as extraction,
        opened(archive) as db,
        tables.progress("Reprocessing") as advance,
    ):
        counts = run(
            db, folder, sites=sites, languages=languages, workers=workers, extraction=extraction, progress=advance
        )
    _check_references(archive)
    index = default_index(archive)
    if index.exists():
        for site in sites or (None,):
            link_stored(archive, index, site)
    if as_json:
        print_json(counts)
    else:
        console().print(tables.counts_table("What came out", counts))
    if counts["failed"] or counts["unreadable"]:
        raise SystemExit(ExitCode.NEEDS_A_LOOK)


def _check_references(archive: Path) -> None:
    """Check the references against the index beside the archive, or that $HEALTHNEWS_LITERATURE names, if it exists."""
    index_file = default_index(archive)
    if not index_file.exists():
        return
    from archive.console import tables
    from archive.literature import open_index
    from archive.literature.checker import source_of
    from archive.works.reference_checks import check_archive

    with opened(archive) as db, open_index(index_file) as index, tables.progress("Checking references") as advance:
        check_archive(db, source_of(index), progress=advance)
