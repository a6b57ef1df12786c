"""Look the locked versions up in the public database of vulnerabilities, with pip-audit.

    python -m tools.audit [constraints.txt]

Exits with 1 when a version has a known vulnerability. Where pip-audit or its data cannot be reached, it says so and
exits with 0: a machine without a network can still build.
"""

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

LOCKED = Path(__file__).parent.parent / "constraints.txt"
TIME = 120  # seconds that each step gets


class AuditError(Exception):
    """The versions cannot be looked up. The message says why."""


def audit(locked: Path) -> tuple[list[str], int]:
    """Return a line for each known vulnerability, and how many packages the database does not know.

    Raises AuditError.
    """
    with tempfile.TemporaryDirectory() as folder:
        tool = shutil.which("pip-audit") or _installed(Path(folder))
        # The files name every version with its hashes: with --disable-pip nothing is resolved or fetched.
        options = ["--require-hashes", "--disable-pip", "--timeout", "15", "--progress-spinner", "off"]
        report = _run([tool, "--requirement", str(locked), *options, "--format", "json"])
    try:
        packages: list[dict[str, Any]] = json.loads(report)["dependencies"]
    except ValueError as error:
        raise AuditError("the database of vulnerabilities cannot be reached") from error
    known = [package for package in packages if "skip_reason" not in package]
    if not known:
        raise AuditError("the database of vulnerabilities cannot be reached")
    found = [_sentence(package, entry) for package in known for entry in package["vulns"]]
    return found, len(packages) - len(known)


def _sentence(package: dict[str, Any], entry: dict[str, Any]) -> str:
    fixed = ", ".join(entry["fix_versions"]) or "no version yet"
    return f"{package['name']} {package['version']}: {entry['id']}, mended in {fixed}"


def _installed(folder: Path) -> str:
    """Install pip-audit into an environment of its own; return its path."""
    _run([sys.executable, "-m", "venv", str(folder)])
    pip = folder / "bin" / "pip"
    _run([str(pip), "install", "-qq", "--disable-pip-version-check", "--retries", "0", "pip-audit"])
    tool = folder / "bin" / "pip-audit"
    if not tool.exists():
        raise AuditError("pip-audit cannot be installed")
    return str(tool)


def _run(command: list[str]) -> str:
    """Return what a command prints, whatever it exits with. Raises AuditError when it takes too long."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=TIME, check=False)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired) as error:
        raise AuditError(f"{Path(command[0]).name} does not end or cannot be run") from error
    return done.stdout


def main() -> int:
    """Audit the file of the first argument; return the exit code."""
    locked = Path(sys.argv[1]) if len(sys.argv) > 1 else LOCKED
    try:
        found, unknown = audit(locked)
    except AuditError as error:
        print(f"The dependencies were not audited: {error}.")
        return 0
    if unknown:
        print(f"{unknown} packages were not audited: the database does not know them.")
    print("\n".join(found) or "No known vulnerabilities found.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
