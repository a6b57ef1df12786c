"""`python -m tools.translations`: bring the catalogue up to date, and say what has no translation yet."""

import sys

from tools.translations import CATALOGUE, update


def main() -> int:
    """Print the messages without a translation; return 1 if there are any."""
    missing = list(update())
    for message in missing:
        print(message)
    print(f"{CATALOGUE}: {len(missing)} messages have no translation.", file=sys.stderr)
    return 1 if missing else 0


if __name__ == "__main__":
    raise SystemExit(main())
