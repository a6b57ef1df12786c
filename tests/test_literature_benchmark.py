"""The benchmark of the bibliographic index, on a few records."""

from pathlib import Path

from benchmarks.literature import measure
from benchmarks.literature_records import Generator


def test_the_benchmark_finds_its_papers(tmp_path: Path) -> None:
    figures = measure(tmp_path, records=400, xml=300, seed=1)
    assert (figures["records as XML"], figures["records when asked"]) == (300, 400)
    assert figures["share of texts whose paper came first"] > 0.5


def test_the_same_seed_gives_the_same_records() -> None:
    one, other = (list(Generator(7).file(1, 3)) for _ in range(2))
    assert one == other
