"""Datasette on an archive."""

from pathlib import Path


def run(archive: Path, host: str, port: int) -> None:
    """Serves the archive until it is stopped; the plugin comes in through its entry point."""
    from datasette.cli import cli

    short = ["--setting", "truncate_cells_html", "200"]  # the text has a page of its own
    options = ["--host", host, "--port", str(port), "--setting", "sql_time_limit_ms", "5000", *short]
    cli.main(args=["serve", str(archive), *options], standalone_mode=False)
