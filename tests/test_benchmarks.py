"""The quality gate fails when a figure falls below its floor."""

import gzip
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from benchmarks import __main__ as command
from benchmarks import gate
from benchmarks.extraction import corpus_hash, measure
from benchmarks.overlap import f1, overlap
from tests.loopback import article_html

TEXT = "Only this page says it of stem cells, and it says so in a sentence of some length."
LINE_SEPARATOR = "\u2028"  # which str.splitlines takes for the end of a line


@pytest.mark.parametrize(
    ("gold", "found", "pair"),
    [
        ("a b c d", "a b c d", (1.0, 1.0)),
        ("a b c d e", "a b c d x", (0.5, 0.5)),
        ("干细胞治疗", "干细胞", (0.0, 0.0)),
        ("干细胞治疗", "干细胞治疗硬皮病", (0.4, 1.0)),
        ("", "x", (0.0, None)),
        ("x", "", (None, 0.0)),
    ],
)
def test_overlap(gold: str, found: str, pair: tuple[float | None, float | None]) -> None:
    assert overlap(gold, found) == pair


def test_f1_is_of_the_means() -> None:
    assert f1([(1.0, 0.5), (None, 0.5)]) == pytest.approx(2 / 3)
    assert f1([]) == 0.0


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """A corpus of one labelled page."""
    folder = tmp_path / "corpus"
    (folder / "html").mkdir(parents=True)
    head = '<meta property="article:published_time" content="2024-05-21"><meta name="author" content="Ann Lee">'
    (folder / "html" / "x.html.gz").write_bytes(gzip.compress(article_html("A title", TEXT, head=head), mtime=0))
    row = {"id": "x", "corpus": "own", "url": "https://news.example/x", "lang": "en", "health": True}
    labels = row | {"text": TEXT + LINE_SEPARATOR, "title": "A Title", "date": "2024-05-21", "author": "Ann Lee, MD"}
    (folder / "pages.jsonl").write_text(json.dumps(labels, ensure_ascii=False), encoding="utf-8")
    return folder


def test_figures_of_a_corpus(corpus: Path) -> None:
    figures = measure(corpus)
    assert set(figures) == {"f1 all", "f1 own", "f1 health", "title", "date", "authors"}
    assert figures["title"] == figures["date"] == figures["authors"] == 1.0
    assert 0 < figures["f1 all"] < 1


def test_floors_rise_by_themselves_and_sink_only_when_told() -> None:
    floors = gate.Floors("c", {"a": 0.5, "b": 0.5})
    assert gate.below_floor(floors, {"a": 0.6, "b": 0.4}) == ["b"]
    assert gate.below_floor(floors, {"a": 0.6}) == ["b"]
    assert gate.raised(floors, "c", {"a": 0.6, "b": 0.4}, lower=False).figures == {"a": 0.6, "b": 0.5}
    assert gate.raised(floors, "c", {"a": 0.6, "b": 0.4}, lower=True).figures == {"a": 0.6, "b": 0.4}


def test_the_command_holds_the_floors(corpus: Path, tmp_path: Path) -> None:
    path = tmp_path / "floors.json"

    def run(*arguments: str) -> int:
        options = ["--corpus", str(corpus), "--floors", str(path), *arguments]
        return CliRunner().invoke(command.main, options).exit_code

    assert run("--raise") == 0
    assert run() == 0
    pinned = gate.load(path)
    assert pinned is not None
    gate.save(gate.Floors(pinned.corpus, pinned.figures | {"f1 all": 0.9999}), path)
    assert [run(), run("--raise"), run("--raise", "--lower"), run()] == [1, 1, 0, 0]
    gate.save(gate.Floors("another corpus", pinned.figures), path)
    assert run() == 2
    assert run("--corpus", str(tmp_path)) == 2


def test_the_hash_sees_every_page(corpus: Path) -> None:
    before = corpus_hash(corpus)
    (corpus / "html" / "x.html.gz").write_bytes(gzip.compress(b"other", mtime=0))
    assert corpus_hash(corpus) != before
