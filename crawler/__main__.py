"""`python -m crawler` is the `healthnews` command."""

from crawler.cli.main import main

if __name__ == "__main__":
    main(prog_name="healthnews")
