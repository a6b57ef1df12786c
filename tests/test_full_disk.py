"""A full disk, or too little memory: one sentence, exit code 1, nothing torn, and the work goes on later."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.errors import ExitCode
from archive.storage.connection import warc_folder
from tests import damages
from tests.commands import HEALTHNEWS, PATIENCE, environment
from tests.damages import ARTICLES, command
from tests.kept import url_of

SIZE = 3 << 20  # bytes of the disk


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk with little room."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = shutil.which("mount")
    options = ["-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(folder)]
    if not mount or subprocess.run([mount, *options], capture_output=True).returncode:
        pytest.skip("no disk can be mounted here")
    yield folder
    subprocess.run([shutil.which("umount") or "umount", "-l", str(folder)], check=True)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return damages.make(tmp_path_factory.mktemp("made") / "healthnews.db")


@pytest.fixture
def archive(made: Path, disk: Path) -> Path:
    return damages.copy(made, disk / "archive")


def fill(disk: Path, left: int = 0) -> Path:
    """Leave no more room on the disk than so many bytes; removing the file makes room."""
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(4096))
        except OSError:
            file.truncate(max(file.tell() - left, 0))
    return filler


@pytest.mark.parametrize(
    "words",
    [
        ("export", "--output", "out.jsonl"),
        ("compact",),
        ("check", "--repair"),
        ("remove", url_of(0), "--yes"),
        ("reprocess",),
    ],
    ids=lambda words: words[0],
)
@pytest.mark.parametrize("left", [0, 20_000])
def test_a_full_disk_is_one_sentence_and_nothing_is_torn(
    archive: Path, disk: Path, words: tuple[str, ...], left: int
) -> None:
    (archive.parent / "out.jsonl").write_text("before")
    filler = fill(disk, left)
    for _ in range(2):
        done = command(archive, *words)
        assert done.returncode in (0, 1), done.stderr
        assert done.returncode == 0 or done.stderr, words
        assert words[0] != "export" or (archive.parent / "out.jsonl").read_text() == "before"
    filler.unlink()
    assert command(archive, "check", "--repair").returncode == 0
    assert command(archive, *words).returncode == 0
    assert command(archive, "check").returncode == 0
    assert command(archive, "export").stdout.count("\n") == ARTICLES - (words[0] == "remove")


def test_reading_needs_no_room(archive: Path, disk: Path) -> None:
    fill(disk)
    for words in (("show", "1"), ("search", "patients"), ("export",), ("works",)):
        assert command(archive, *words).returncode == 0


def test_a_backup_that_has_no_room_leaves_the_older_one(made: Path, disk: Path, tmp_path: Path) -> None:
    archive = damages.copy(made, tmp_path / "archive")
    target = disk / "kept.db"
    assert command(archive, "backup", str(target)).returncode == 0
    kept = target.read_bytes()
    filler = fill(disk, 100_000)
    for _ in range(2):
        done = command(archive, "backup", str(target))
        assert (done.returncode, done.stderr.count("\n")) == (1, 1)
        assert target.read_bytes() == kept
    filler.unlink()
    assert command(archive, "backup", str(target)).returncode == 0
    assert warc_folder(target).is_dir()


def test_output_to_a_full_device_is_one_sentence(made: Path) -> None:
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("no /dev/full here")
    for words in (["export"], ["search", "patients"], ["check"], ["show", "1"]):
        with full.open("w") as out:
            done = subprocess.run(
                [*HEALTHNEWS, "--no-pager", "--archive", str(made), *words],
                stdout=out, stderr=subprocess.PIPE, text=True, env=environment(), timeout=PATIENCE,
            )  # fmt: skip
        assert (done.returncode, done.stderr.count("\n")) == (ExitCode.NEEDS_A_LOOK, 1), (words, done.stderr)
        assert "No space left" in done.stderr


@pytest.mark.parametrize("kilobytes", [60_000, 120_000])
def test_too_little_memory_is_one_sentence(made: Path, kilobytes: int) -> None:
    start = ["bash", "-c", f'ulimit -v {kilobytes}; exec "$0" "$@"', *HEALTHNEWS, "--archive", str(made), "check"]
    done = subprocess.run(start, capture_output=True, text=True, env=environment(), timeout=PATIENCE)
    assert "Traceback" not in done.stderr
    assert done.returncode == 0 or (done.returncode == 1 and "too little memory" in done.stderr), done.stderr
