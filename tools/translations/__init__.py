"""The catalogues of the browser interface: find the messages in the sources, and bring a catalogue up to date."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from archive.web.wording import query_syntax

ROOT = Path(__file__).parents[2]
CATALOGUE = ROOT / "archive" / "web" / "translations" / "zh_Hans.po"
KEYWORDS: dict[str, Any] = {
    "_": None, "gettext": None, "gettext_noop": None, "ngettext": (1, 2), "message": None, "counted": (1, 2),
}  # fmt: skip
METHODS = [("**.py", "python"), ("**/templates/**.html", "jinja2"), ("**/templates/**.xml", "jinja2")]
OPTIONS = {
    f"**/templates/**.{ending}": {"trimmed": "true", "newstyle_gettext": "true", "silent": "false"}
    for ending in ("html", "xml")
}

Id = str | tuple[str, ...]


def extracted() -> dict[Id, str]:
    """Return the messages in the sources of the archive, each with the first file that has it."""
    found: dict[Id, str] = dict.fromkeys((finds for _, finds in query_syntax()), "archive/retrieval/query.py")
    for file, _, message, _, _ in extract_from_dir(ROOT / "archive", METHODS, OPTIONS, KEYWORDS):
        found.setdefault(message, f"archive/{file}")
    return found


def catalogue() -> Catalog:
    """Return the catalogue as it is in the sources."""
    with CATALOGUE.open("rb") as file:
        return read_po(file, locale="zh_Hans_CN")


def update() -> Iterator[str]:
    """Write the catalogue anew, with all messages of the sources and no others; yield those without a translation."""
    old, new = catalogue(), Catalog(locale="zh_Hans_CN", project="health-news-archive", fuzzy=False)
    for message in extracted():
        known = old.get(message[0] if isinstance(message, tuple) else message)
        string = known.string if known and known.id == message else None
        new.add(message, string or "")
        if not (all(string) if isinstance(string, tuple) else string):
            yield str(message)
    new.creation_date = old.creation_date
    with CATALOGUE.open("wb") as file:
        write_po(file, new, omit_header=False, sort_output=True, width=0, no_location=True)
