"""Golden pages: `python -m tests.accept [CASE …]` writes what extraction gives today as the expected articles."""

import json
import sys
from dataclasses import asdict
from pathlib import Path

from archive.article import Article, NoArticle
from archive.extraction import extract
from archive.page import Page

PAGES = Path(__file__).parent / "pages"
# Of references only what finding them decides: how entries are parsed has tests of its own.
SHOWN = ("label", "raw", "kind", "doi", "pmid", "pmcid")
URL = "https://news.example/2024/articles/{case}.html"


def cases() -> list[str]:
    """The names of the golden pages."""
    return sorted(folder.parent.name for folder in PAGES.glob("*/page.html"))


def understood(case: str) -> str:
    """What extraction makes of a golden page, as JSON with one line for each paragraph."""
    header = PAGES / case / "content-type.txt"  # what the server says, in the cases where that matters
    content_type = header.read_text(encoding="utf-8").strip() if header.exists() else ""
    page = Page(url=URL.format(case=case), body=(PAGES / case / "page.html").read_bytes(), content_type=content_type)
    try:
        return render(extract(page))
    except NoArticle as error:
        return json.dumps({"no article": error.reason}, indent=1) + "\n"


def render(article: Article) -> str:
    """An article as JSON: text and Markdown as lists of lines, facts that are absent left out."""
    facts = {name: value for name, value in asdict(article).items() if value not in (None, (), "")}
    for name in ("text", "markdown"):
        facts[name] = facts[name].split("\n")
    if article.references:
        facts["references"] = [{name: ref[name] for name in SHOWN if ref[name]} for ref in facts["references"]]
    return json.dumps(facts, ensure_ascii=False, indent=1, default=str) + "\n"


def main(names: list[str]) -> None:
    """Write article.json of the named cases, of all if none is named."""
    for case in names or cases():
        target = PAGES / case / "article.json"
        new = understood(case)
        if not target.exists() or target.read_text(encoding="utf-8") != new:
            target.write_text(new, encoding="utf-8")
            print(f"accepted {case}")


if __name__ == "__main__":
    main(sys.argv[1:])
