"""What the documentation says is what the code does."""

import re
from pathlib import Path

import pytest

from archive.storage.database import open_archive
from docs.generate import pages

ROOT = Path(__file__).parent.parent
LINK = re.compile(r"\]\((?!https?://|#|mailto:)([^)#\s]+)")


@pytest.mark.parametrize("name", sorted(pages()))
def test_generated_pages_are_fresh(name: str) -> None:
    assert (ROOT / "docs" / name).read_text(encoding="utf-8") == pages()[name], "run: make docs"


def test_the_schema_page_names_every_column(tmp_path: Path) -> None:
    db = open_archive(tmp_path / "x.db", create=True)
    page = pages()["schema.md"]
    tables = [
        name for name in db.table_names() if not name.startswith(("articles_fts", "superseded_fts", "_", "sqlite_"))
    ]
    for name in tables:
        section = page.partition(f"\n### {name}\n")[2].partition("\n##")[0]
        columns = {row[1] for row in db.execute(f"pragma table_xinfo({name})").fetchall()}
        assert columns == set(re.findall(r"^\| `(\w+)`", section, re.MULTILINE))


@pytest.mark.parametrize(
    "page",
    ["README.md", "CONTRIBUTING.md", "SECURITY.md", *(f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md"))],
)
def test_links_between_pages_lead_somewhere(page: str) -> None:
    path = ROOT / page
    missing = [link for link in LINK.findall(path.read_text(encoding="utf-8")) if not (path.parent / link).exists()]
    assert missing == []


@pytest.mark.parametrize("package", ["archive", "crawler"])
def test_the_architecture_page_names_every_room(package: str) -> None:
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    section = page.partition(f"\n### {package}\n")[2].partition("\n##")[0]
    rooms = {path.parent.name + "/" for path in (ROOT / package).glob("*/__init__.py")}
    modules = {path.name for path in (ROOT / package).glob("*.py")} - {"__init__.py", "__main__.py"}
    assert {name for name in rooms | modules if f"`{name}`" not in section} == set()


@pytest.mark.parametrize("page", ["docs/architecture.md", "CONTRIBUTING.md"])
def test_paths_that_pages_name_exist(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    paths = re.findall(r"`((?:archive|crawler|tools|tests|docs|benchmarks)/[\w/.-]+)`", text)
    assert paths
    assert [path for path in paths if not re.search("NAME|CASE", path) and not (ROOT / path).exists()] == []


def test_settings_are_documented_where_they_are_set() -> None:
    settings = (ROOT / "crawler" / "settings.py").read_text(encoding="utf-8")
    for name in re.findall(r"^HEALTHNEWS_\w+", settings, re.MULTILINE):
        line = next(line for line in settings.splitlines() if line.startswith(name))
        assert "#" in line or name == "HEALTHNEWS_ARCHIVE"
