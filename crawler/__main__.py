"""`python -m crawler` is the `healthnews` command.

Each extraction worker imports the main module of the process that starts it: here it finds nothing to import.
"""

import gc

# Objects between two looks for garbage; Python's default is 700. At the start they are modules, of which nothing is
# garbage: a crawl starts in a tenth less of the time, and sets the default again.
OBJECTS = 10_000


def start() -> None:
    """Run the command."""
    gc.set_threshold(OBJECTS)
    from crawler.cli.main import main

    main(prog_name="healthnews")


if __name__ == "__main__":
    start()
