"""Datasette on an archive."""

from pathlib import Path


def run(archive: Path, host: str, port: int) -> None:
    """Serves the archive until it is stopped; the plugin comes in through its entry point."""
    from datasette.cli import cli

    options = ["--host", host, "--port", str(port), "--setting", "sql_time_limit_ms", "5000"]
    cli.main(args=["serve", str(archive), *options], standalone_mode=False)
