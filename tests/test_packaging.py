"""What the wheel holds, read from pyproject.toml."""

import tomllib
from fnmatch import fnmatch
from pathlib import Path

ROOT = Path(__file__).parent.parent
SETUPTOOLS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]


def test_the_wheel_holds_the_two_packages_alone() -> None:
    packages = {init.parent.relative_to(ROOT).parts[0] for init in ROOT.glob("[a-z]*/__init__.py")}
    patterns = SETUPTOOLS["packages"]["find"]["include"]
    assert {name for name in packages if any(fnmatch(name, pattern) for pattern in patterns)} == {"archive", "crawler"}
    assert "tools" in packages


def test_data_files_and_type_markers_go_into_the_wheel() -> None:
    patterns = SETUPTOOLS["package-data"]["*"]
    data = [path for package in ("archive", "crawler") for path in (ROOT / package).rglob("*") if path.is_file()]
    left_out = {path.suffix for path in data if not any(fnmatch(path.name, pattern) for pattern in patterns)}
    assert left_out <= {".py", ".pyc"}
    assert {path.parent.name for path in data if path.name == "py.typed"} == {"archive", "crawler"}
