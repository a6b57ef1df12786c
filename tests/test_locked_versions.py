"""The files of locked versions, and what is said of them by the database of vulnerabilities."""

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.commands import PATIENCE

ROOT = Path(__file__).parent.parent
FILES = ("constraints.txt", "constraints-run.txt", "constraints-build.txt")
HASH = re.compile(r"--hash=sha256:[0-9a-f]{64}")


def locked(name: str) -> dict[str, str]:
    """The requirements of a file by normalised name: version, marker and hashes as one line."""
    text = (ROOT / name).read_text().replace("\\\n", " ")
    return {re.split(r"==", line)[0].lower().replace(".", "-").replace("_", "-"): line for line in text.splitlines()}


@pytest.mark.parametrize("name", FILES)
def test_every_version_has_hashes_and_no_host_is_named(name: str) -> None:
    for line in locked(name).values():
        assert re.match(r"[A-Za-z0-9._-]+==\S+ ", line), line
        assert HASH.search(line), line
    assert "//" not in (ROOT / name).read_text()


@pytest.mark.parametrize("name", FILES[1:])
def test_all_files_agree(name: str) -> None:
    everything = locked("constraints.txt")
    assert {package: everything.get(package) for package in locked(name)} == locked(name)


def test_every_dependency_is_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    extras = project["project"]["optional-dependencies"].values()
    runs = project["project"]["dependencies"]
    builds = project["build-system"]["requires"]
    for name, wanted in (("constraints.txt", [*runs, *(line for extra in extras for line in extra)]),
                         ("constraints-run.txt", runs), ("constraints-build.txt", builds)):  # fmt: skip
        names = {re.split(r"[<>=;\s]", line)[0].lower().replace(".", "-").replace("_", "-") for line in wanted}
        assert names <= locked(name).keys(), name


def audited(folder: Path, packages: list[dict[str, Any]] | None, status: int = 0) -> "subprocess.CompletedProcess[str]":
    """Run the audit with a pip-audit that reports these packages; None: that it reached nothing."""
    report = "" if packages is None else json.dumps({"dependencies": packages})
    tool = folder / "pip-audit"
    tool.write_text(f"#!/bin/sh\ncat <<'END'\n{report}\nEND\nexit {status}\n")
    tool.chmod(0o755)
    command = [sys.executable, "-m", "tools.audit"]
    path = f"{folder}:/usr/bin:/bin"
    return subprocess.run(command, cwd=ROOT, env={"PATH": path}, capture_output=True, text=True, timeout=PATIENCE)


KNOWN = {"name": "fine", "version": "1", "vulns": []}
BAD = {"name": "bad", "version": "2", "vulns": [{"id": "PYSEC-1", "fix_versions": ["3"]}]}
NONE = "No known vulnerabilities found.\n"
UNKNOWN = {"name": "other", "skip_reason": "Dependency not found"}


@pytest.mark.parametrize(
    ("packages", "code", "said"),
    [
        ([KNOWN], 0, NONE),
        ([KNOWN, BAD], 1, "bad 2: PYSEC-1, mended in 3\n"),
        ([KNOWN, UNKNOWN], 0, f"1 packages were not audited: the database does not know them.\n{NONE}"),
        ([UNKNOWN], 0, "The dependencies were not audited: the database of vulnerabilities cannot be reached.\n"),
        (None, 0, "The dependencies were not audited: the database of vulnerabilities cannot be reached.\n"),
    ],
)  # fmt: skip
def test_an_audit_without_its_data_says_so_and_passes(
    tmp_path: Path, packages: list[dict[str, Any]] | None, code: int, said: str
) -> None:
    done = audited(tmp_path, packages, code)
    assert (done.returncode, done.stdout, done.stderr) == (code, said, "")
