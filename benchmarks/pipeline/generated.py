"""Pages of an invented site, as large as real ones: navigation, an article with references, other news, a footer."""

import gzip
import json
import random
import tomllib
from html import escape
from pathlib import Path
from typing import NamedTuple

CHINESE = 0.3  # share of the pages
PARAGRAPHS = 4, 24  # of an article
SENTENCES = 2, 6  # of a paragraph
LINKS = 60  # to other pages, in navigation and lists
CITING = 0.4  # share of the pages that have references

WORDS = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
ENGLISH, HAN, JOURNALS = WORDS["english"].split(), WORDS["chinese"].split(), WORDS["journals"]


class GeneratedPage(NamedTuple):
    """A page and what it says: the body in UTF-8, the text with a line a paragraph."""

    id: str
    body: bytes
    title: str
    text: str
    language: str
    date: str


def page(number: int) -> GeneratedPage:
    """Return the page of that number, always the same."""
    rng = random.Random(number)  # noqa: S311
    chinese = rng.random() < CHINESE
    title = _sentence(rng, chinese=chinese).rstrip(".。")
    day = f"20{rng.randint(12, 25)}-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}"
    paragraphs = [
        ("" if chinese else " ").join(_sentence(rng, chinese=chinese) for _ in range(rng.randint(*SENTENCES)))
        for _ in range(rng.randint(*PARAGRAPHS))
    ]
    parts = [
        "<!doctype html><html><head><meta charset=utf-8>",
        f"<title>{escape(title)} | Invented Health News</title>",
        f'<meta property="og:title" content="{escape(title)}">',
        f'<meta property="article:published_time" content="{day}T08:00:00Z">',
        '<meta name="author" content="Ann Lee">',
        f"<style>{' '.join(f'.c{n} {{ margin: {n}px; color: #{n:06x} }}' for n in range(200))}</style></head><body>",
        f"<header><nav><ul>{_links(rng, LINKS // 2)}</ul></nav></header><main><article><h1>{escape(title)}</h1>",
        f'<p class="byline">By Ann Lee, <time datetime="{day}">{day}</time></p>',
        *(f"<p>{escape(text)}</p>" for text in paragraphs),
        _references(rng) if rng.random() < CITING else "",
        f"</article><aside><h2>More news</h2><ul>{_links(rng, LINKS // 2)}</ul></aside></main>",
        f"<footer><p>© Invented Health News</p></footer><script>var state = {json.dumps(list(range(2000)))}</script>",
        "</body></html>",
    ]
    language = "zh" if chinese else "en"
    return GeneratedPage(f"g{number:06}", "\n".join(parts).encode(), title, "\n".join(paragraphs), language, day)


def write_corpus(folder: Path, number: int) -> None:
    """Write pages as a corpus of labelled pages lies on disk, see benchmarks.extraction."""
    (folder / "html").mkdir(parents=True)
    rows = []
    for made in map(page, range(number)):
        (folder / "html" / f"{made.id}.html.gz").write_bytes(gzip.compress(made.body, 1, mtime=0))
        labels = {"id": made.id, "corpus": "generated", "url": f"https://generated.example/p/{made.id}.html"}
        rows.append(labels | {"lang": made.language, "health": True, "text": made.text, "title": made.title})
    lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    (folder / "pages.jsonl").write_text(lines, encoding="utf-8")


def _sentence(rng: random.Random, *, chinese: bool) -> str:
    if chinese:
        return "，".join("".join(rng.choices(HAN, k=rng.randint(3, 8))) for _ in range(rng.randint(1, 4))) + "。"
    return " ".join(rng.choices(ENGLISH, k=rng.randint(6, 28))).capitalize() + "."


def _links(rng: random.Random, number: int) -> str:
    texts = (" ".join(rng.choices(ENGLISH, k=5)) for _ in range(number))
    return "".join(f'<li><a href="/topics/{rng.randint(1, 10**6)}">{text}</a></li>' for text in texts)


def _references(rng: random.Random) -> str:
    entries = (
        f"<li>Lee A, Wong B. {_sentence(rng, chinese=False)} {rng.choice(JOURNALS)}. {rng.randint(1995, 2025)};"
        f"{rng.randint(1, 90)}({rng.randint(1, 12)}):{rng.randint(1, 900)}-9. doi:10.5555/{rng.randint(1, 10**7)}</li>"
        for _ in range(rng.randint(1, 12))
    )
    return f"<h2>References</h2><ol>{''.join(entries)}</ol>"
