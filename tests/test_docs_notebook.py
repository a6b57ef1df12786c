"""docs/notebook.md prints what it says."""

import contextlib
import io
import os
import re
import shutil
import subprocess
import sys
import warnings
from pathlib import Path

import pytest

from tests.commands import PATIENCE
from tests.conftest import Demo

TEXT = (Path(__file__).parent.parent / "docs" / "notebook.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(sh|python)\n(.*?)^```\n(?:\n```text\n(.*?)^```\n)?", TEXT, re.DOTALL | re.MULTILINE)


def printed_by(code: str, names: dict[str, object]) -> str:
    """What Python code prints. pandas warns of connections that are not SQLAlchemy's in some versions."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        exec(code, names)
    return out.getvalue()


def printed_by_shell(commands: str) -> str:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["sh", "-ec", commands], env={**os.environ, "PATH": path}, capture_output=True, text=True, timeout=PATIENCE
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_notebook_prints_what_it_says(demo: Demo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copy(demo.archive, tmp_path / "healthnews.db")
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    found = [printed_by_shell(code) if kind == "sh" else printed_by(code, names) for kind, code, _ in BLOCKS]
    assert found == [output for _, _, output in BLOCKS]
