"""Running `healthnews` as a user would, in a process of its own."""

import os
import subprocess
import sys
from pathlib import Path

HEALTHNEWS = (sys.executable, "-m", "crawler")


def environment(**more: str) -> dict[str, str]:
    """The environment without the user's own settings of the program, and with warnings as they are for users."""
    mine = {key: value for key, value in os.environ.items() if not key.startswith("HEALTHNEWS_")}
    return mine | {"COLUMNS": "120", **more}


def run(*arguments: str | Path, cwd: Path, **more: str) -> subprocess.CompletedProcess[str]:
    """Runs the command to its end; output as text."""
    command = [*HEALTHNEWS, *map(str, arguments)]
    return subprocess.run(command, cwd=cwd, env=environment(**more), capture_output=True, text=True, timeout=180)
