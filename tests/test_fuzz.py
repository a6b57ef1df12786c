"""The fuzzer's targets hold on the small corpus, on mended finds (`mended-…` in it) and on random recombinations.

The fuzzer itself is tried where it is installed.
"""

import random
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.fuzz import runs
from benchmarks.fuzz.targets import TARGETS
from benchmarks.fuzz.watch import Watch

ROOT = Path(__file__).parent.parent
SEEDS = {name: sorted((runs.SEEDS / name).iterdir()) for name in TARGETS}
needs_fuzzer = pytest.mark.skipif(not runs.is_installed(), reason="atheris is not installed")


@pytest.mark.parametrize("name", TARGETS)
def test_every_kept_input_is_read(name: str) -> None:
    assert SEEDS[name]
    for path in SEEDS[name]:
        TARGETS[name].check(path.read_bytes())


@pytest.mark.parametrize("name", TARGETS)
def test_every_recombination_is_read(name: str) -> None:
    whole = [path.read_bytes() for path in SEEDS[name]]

    @settings(max_examples=15)
    @given(st.integers(0, 2**32), st.binary(max_size=20))
    def check(seed: int, foreign: bytes) -> None:
        rng = random.Random(seed)
        one, other = rng.choice(whole), rng.choice(whole)
        start, end = sorted(rng.randrange(len(other) + 1) for _ in range(2))
        at = rng.randrange(len(one) + 1)
        TARGETS[name].check(one[:at] + foreign + other[start:end] + one[at:])

    check()


def test_the_corpus_is_small() -> None:
    assert sum(path.stat().st_size for paths in SEEDS.values() for path in paths) < 300_000
    assert all(path.stat().st_size <= TARGETS[name].longest for name, paths in SEEDS.items() for path in paths)


def test_a_find_is_kept_once_and_as_small_as_it_is_known(tmp_path: Path) -> None:
    def check(data: bytes) -> None:
        if b"x" in data:
            raise KeyError(data)

    watch = Watch(check, tmp_path / "finds")
    watch(b"fine")
    assert not (tmp_path / "finds").exists()
    for data in (b"a longer x", b"x", b"another x"):
        watch(data)
    [find] = (path for path in (tmp_path / "finds").iterdir() if path.suffix != ".txt")
    assert find.name.startswith("KeyError-test_fuzz-")
    assert find.read_bytes() == b"x"
    assert "KeyError: b'x'" in find.with_suffix(".txt").read_text()


def test_a_step_that_is_too_slow_is_a_find(tmp_path: Path) -> None:
    def check(_data: bytes) -> None:
        while True:
            try:
                sum(range(1_000))
            except Exception:  # as a parser may do
                continue

    Watch(check, tmp_path, longest_step=0.01)(b"slow")
    assert {path.read_bytes() for path in tmp_path.glob("SlowError-*") if path.suffix != ".txt"} == {b"slow"}


def test_the_counts_of_a_run_are_read() -> None:
    output = (
        "INFO: seed corpus: files: 3 min: 1b max: 9b total: 15b rss: 182Mb\n"
        "#4\tINITED cov: 105 ft: 106 corp: 2/3b exec/s: 0 rss: 190Mb\n"
        "#700\tDONE   cov: 133 ft: 149 corp: 7/49b lim: 25 exec/s: 230 rss: 89Mb\nDone 700 runs in 3 second(s)\n"
        "stat::number_of_executed_units: 701\n"
    )
    assert runs.read_report("x", output) == runs.Run(target="x", inputs=701, coverage=133, corpus=7, memory=190)
    cut = "".join(output.splitlines(keepends=True)[:2])  # a process that was killed
    assert runs.read_report("x", cut).inputs == 4
    assert runs.read_report("x", "") == runs.Run(target="x")


def fuzz(*arguments: object) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "benchmarks.fuzz", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=600)


@needs_fuzzer
def test_the_command_fuzzes_a_target_and_keeps_what_covers_more(tmp_path: Path) -> None:
    done = fuzz("--minutes", 0.02, "--target", "robots", "--folder", tmp_path)
    assert done.returncode == int("Found: " in done.stdout), done.stdout + done.stderr  # it may find something
    assert done.stdout.split()[:6] == ["target", "inputs", "coverage", "corpus", "MB", "finds"]
    assert "robots" in done.stdout
    assert list((tmp_path / "corpus" / "robots").iterdir())
    seeds = tmp_path / "seeds"
    (seeds / "robots").mkdir(parents=True)
    assert runs.keep(TARGETS["robots"], tmp_path, seeds) == len(list((seeds / "robots").iterdir())) > 0


@pytest.mark.skipif(runs.is_installed(), reason="atheris is installed")
def test_a_missing_fuzzer_gives_one_sentence() -> None:
    done = fuzz("--minutes", 0.02)
    assert done.returncode == 2
    assert "The fuzzer atheris is not installed" in done.stderr
