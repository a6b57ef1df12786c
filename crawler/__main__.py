"""`python -m crawler` is the `healthnews` command.

Each extraction worker imports the main module of the process that starts it: here it finds nothing to import.
"""


def start() -> None:
    """Run the command."""
    from crawler.cli.main import main

    main(prog_name="healthnews")


if __name__ == "__main__":
    start()
