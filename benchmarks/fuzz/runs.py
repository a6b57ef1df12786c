"""Start the process that fuzzes a target, and read what it reports."""

import re
import subprocess
import sys
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path

from benchmarks.fuzz.targets import Target

SEEDS = Path(__file__).parent.parent.parent / "tests" / "fuzz_corpus"
MEMORY = 1_500  # MB; a page of 16 KB takes 200
# Seconds on the clock after which libFuzzer ends a step in a C library, which Python cannot interrupt. A busy machine
# makes a step of 20 s of CPU time a few times as long.
LONGEST_WAIT = 120
ENDED_BY_FIND = (70, 71, 77)  # libFuzzer's exit codes: too slow, out of memory, crashed
PROCESS = [sys.executable, "-m", "benchmarks.fuzz.process"]

_DONE = re.compile(r"^stat::number_of_executed_units:\s*(\d+)", re.MULTILINE)
_COUNTS = re.compile(r"^#(\d+)\s.*?\bcov: (\d+) .*?\bcorp: (\d+)/", re.MULTILINE)
_PEAK = re.compile(r"\brss: (\d+)Mb")


class FuzzerError(Exception):
    """The fuzzer ended for another reason than a find. The message is its output's end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What a run did: inputs executed, branches covered, inputs in the corpus, peak memory in MB, and the finds."""

    target: str
    inputs: int = 0
    coverage: int = 0
    corpus: int = 0
    memory: int = 0
    finds: tuple[Path, ...] = ()


def is_installed() -> bool:
    """Whether atheris is installed."""
    return find_spec("atheris") is not None


def fuzz(target: Target, seconds: float, folder: Path) -> Run:
    """Fuzz a target for that time on the clock. Raises FuzzerError.

    `folder` keeps the corpus, from which the next run goes on, and the finds. Earlier finds are tried again, and are
    finds again unless they were mended. One in a C library (a crash, a step without end) ends the run early.
    """
    corpus, finds = folder / "corpus" / target.name, folder / "finds" / target.name
    for each in (corpus, finds):
        each.mkdir(parents=True, exist_ok=True)
    for path in _finds(finds):
        path.rename(corpus / path.name)
    command = _command(target, seconds, corpus, finds)
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)  # noqa: S603 our own
    if done.returncode not in (0, *ENDED_BY_FIND):
        raise FuzzerError(done.stderr[-2_000:])
    return replace(read_report(target.name, done.stderr), finds=tuple(_finds(finds)))


def keep(target: Target, folder: Path, seeds: Path = SEEDS) -> int:
    """Copy to the seeds what of a run's corpus covers more branches; return the number of copied inputs."""
    known, corpus = seeds / target.name, folder / "corpus" / target.name
    before = len(list(known.iterdir()))
    merge = [str(folder / "finds" / target.name), "-set_cover_merge=1", "-use_counters=0", str(known), str(corpus)]
    subprocess.run([*PROCESS, target.name, *merge], capture_output=True, check=True)  # noqa: S603 our own
    return len(list(known.iterdir())) - before


def read_report(name: str, output: str) -> Run:
    """Read the counts in libFuzzer's output."""
    counts = list(_COUNTS.finditer(output))
    done = _DONE.search(output)
    inputs = int(done[1]) if done else int(counts[-1][1]) if counts else 0
    coverage, corpus = map(int, counts[-1].group(2, 3)) if counts else (0, 0)
    memory = max(map(int, _PEAK.findall(output)), default=0)
    return Run(target=name, inputs=inputs, coverage=coverage, corpus=corpus, memory=memory)


def _command(target: Target, seconds: float, corpus: Path, finds: Path) -> list[str]:
    options = [
        f"-max_total_time={max(1, round(seconds))}", f"-max_len={target.longest}", f"-rss_limit_mb={MEMORY}",
        f"-timeout={LONGEST_WAIT}", f"-artifact_prefix={finds}/", "-print_final_stats=1",
        f"-report_slow_units={LONGEST_WAIT}",
    ]  # fmt: skip
    words = SEEDS / f"{target.name}.dict"
    if words.exists():
        options.append(f"-dict={words}")
    return [*PROCESS, target.name, str(finds), *options, str(corpus), str(SEEDS / target.name)]


def _finds(folder: Path) -> list[Path]:
    return [path for path in sorted(folder.iterdir()) if path.suffix != ".txt"]
