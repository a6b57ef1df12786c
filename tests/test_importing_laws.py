"""Laws of importing: any order gives the same archive, and a kill changes nothing."""

import json
import random
import re
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.operations.check import check
from archive.operations.importing import import_files
from archive.operations.importing.selection import Selection
from archive.storage.connection import warc_folder
from crawler.policy.robots_directives import directives
from tests.commands import environment, run
from tests.foreign_archives import HTML, OFF_TOPIC, Sample, a_page, a_revisit, write
from tests.kept import rows
from tests.merges import differences, lines

VERSIONS = (
    "The patients of the first version had a disease and its symptoms, and their doctors gave a vaccine. ",
    "Another version of the page says that the vaccine was not given to patients with that disease. ",
)


def sample(page: int, day: int, version: int) -> Sample:
    """A version of a page, as it was on a day."""
    text = VERSIONS[version] * 5
    return Sample(url=f"https://news.example/{page}", date=f"202405{day:02}080000", body=a_page(page, text=text))


@st.composite
def samples(draw: st.DrawFn) -> list[Sample]:
    """Versions of pages and revisit records of some of them."""
    drawn = st.tuples(st.integers(0, 1), st.integers(1, 9), st.integers(0, 1))
    found = [sample(*values) for values in draw(st.lists(drawn, min_size=1, max_size=5, unique_by=lambda v: v[:2]))]
    again = [
        a_revisit(Sample(url=found[of % len(found)].url, date=f"202406{day:02}000000"), of=found[of % len(found)])
        for of, day in draw(st.lists(st.tuples(st.integers(0, 4), st.integers(1, 9)), max_size=2))
    ]
    return draw(st.permutations([*found, *again]))


def imported(folder: Path, name: str, chosen: Sequence[Sample]) -> list[str]:
    """What an archive holds into which the samples were imported, but for where they were in the file."""
    archive, file = folder / f"{name}.db", folder / "a.warc"
    import_files(archive, [write(file, chosen)], Selection(), directives=directives, workers=1)
    assert not any(finding.problems for finding in check(archive))
    return [re.sub(r'\\"offset\\": \d+', "", line) for line in lines(archive)]


@given(chosen=samples(), order=st.randoms(use_true_random=False))
@settings(max_examples=6, deadline=None)
def test_any_order_gives_the_same_archive(chosen: list[Sample], order: random.Random) -> None:
    other = list(chosen)
    order.shuffle(other)
    with TemporaryDirectory() as folder:
        one = imported(Path(folder), "one", chosen)
        assert differences(one, imported(Path(folder), "other", other)) == []


KILLED = """
import os, signal, sys
from pathlib import Path
from archive.operations.importing import import_files
from archive.operations.importing.selection import Selection
archive, file, number = sys.argv[1:]
def progress(done, total):
    if done >= int(number) * total // 100:
        os.kill(os.getpid(), signal.SIGKILL)
import_files(Path(archive), [Path(file)], Selection(), directives=lambda *_: frozenset(), workers=1, progress=progress)
"""


def mixed(number: int, every: int) -> list[Sample]:
    """Records as a crawl of news has them: one of `every` is about health, some are no pages, some repeat others."""
    found: list[Sample] = []
    for n in range(number):
        url = f"https://news{n % 7}.example/{n}"
        if n % every == 0:
            found.append(Sample(url=url, body=a_page(n)))
        elif n % (4 * every) == every + 1:
            found.append(
                a_revisit(Sample(url=found[n - every - 1].url, date="20240601000000"), of=found[n - every - 1])
            )
        elif n % 10 == 3:
            found.append(Sample(url=url, headers=(("Content-Type", "image/png"),), body=b"\x89PNG" + bytes(200)))
        elif n % 10 == 7:
            found.append(Sample(url=url, status="301 Moved", headers=(*HTML, ("Location", "/")), body=b""))
        else:
            found.append(Sample(url=url, body=a_page(n, text=f"{OFF_TOPIC}Its number is {n}. ", title=f"Bridge {n}")))
    return found


def killed_and_continued(folder: Path, number: int, every: int, at: Sequence[int]) -> None:
    """Import mixed records, killed at those percents of the file and continued, and at once; compare."""
    file = write(folder / "news.warc.gz", mixed(number, every))
    for percent in at:
        command = [sys.executable, "-c", KILLED, str(folder / "killed.db"), str(file), str(percent)]
        done = subprocess.run(command, capture_output=True, env=environment())
        assert done.returncode == -signal.SIGKILL, done.stderr
        ((position,),) = rows(folder / "killed.db", "select position from imports where finished_at is null")
        assert isinstance(position, int)
        assert 0 < position < file.stat().st_size
    for name in ("killed", "left"):
        done_by_command = run("--archive", folder / f"{name}.db", "import", file, "--workers", "1", cwd=folder)
        assert done_by_command.returncode == 0, done_by_command.stderr
        assert not any(finding.problems for finding in check(folder / f"{name}.db"))
    assert differences(lines(folder / "left.db"), lines(folder / "killed.db")) == []
    counts = [rows(folder / f"{name}.db", "select counts from imports") for name in ("killed", "left")]
    assert counts[0] == counts[1]
    sizes = [sum(warc.stat().st_size for warc in warc_folder(folder / f"{name}.db").glob("*.warc.gz"))
             for name in ("killed", "left")]  # fmt: skip
    assert abs(sizes[0] - sizes[1]) < sizes[1] / 20  # nothing is written twice; members differ in a time


def test_a_killed_import_goes_on(tmp_path: Path) -> None:
    killed_and_continued(tmp_path, 400, every=8, at=(20, 50))


@pytest.mark.slow
def test_a_large_file_is_killed_and_goes_on(tmp_path: Path) -> None:
    killed_and_continued(tmp_path, 20_000, every=40, at=(20, 50, 90))
    (counts,) = rows(tmp_path / "left.db", "select counts from imports")[0]
    assert isinstance(counts, str)
    expected = {"imported": 500, "unchanged": 125, "no HTML": 2000, "no success": 2000, "no web page": 1}
    assert {name: number for name, number in json_object(counts).items() if name in expected} == expected
    assert sum(json_object(counts).values()) == 20_001


def json_object(text: str) -> dict[str, int]:
    found: dict[str, int] = json.loads(text)
    return found
