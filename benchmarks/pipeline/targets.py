"""The ratios that the project wants to reach, computed within each round."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

Round = Mapping[str, Mapping[str, float]]  # the figures of a round, by contender


@dataclass(frozen=True, slots=True)
class Target:
    """A figure made from those of a round, and the value that it should be at least (or at most)."""

    name: str
    value: Callable[[Round], float]
    limit: float
    at_least: bool = False
    unit: str = ""

    @property
    def text(self) -> str:
        return f"{'≥' if self.at_least else '≤'} {self.limit:g}{self.unit}"

    def is_met(self, value: float) -> bool:
        return value >= self.limit if self.at_least else value <= self.limit


def _ratio(contender: str, other: str, figure: str) -> Callable[[Round], float]:
    return lambda found: found[contender][figure] / found[other][figure]


def _figure(contender: str, figure: str) -> Callable[[Round], float]:
    return lambda found: found[contender][figure]


def _main_without_start(contender: str) -> Callable[[Round], float]:
    """Return the function for milliseconds of the main process a page, without those of a crawl with nothing due."""

    def value(found: Round) -> float:
        one = found[contender]
        return one["main ms"] - 1000 * found["start-nothing-due"]["main s"] / one["pages"]

    return value


TARGETS = (
    Target("crawl on one core: pages a second against bare", _ratio("crawl-1", "bare", "pages/s"), 0.9, at_least=True),
    Target("crawl on one core: CPU against bare", _ratio("crawl-1", "bare", "cpu ms"), 1.15),
    Target("crawl on two cores: CPU against bare", _ratio("crawl-2", "bare", "cpu ms"), 1.2),
    Target("crawl on one core: CPU of the main process a page", _figure("crawl-1", "main ms"), 8, unit=" ms"),
    Target("crawl on two cores: CPU of the main process a page", _figure("crawl-2", "main ms"), 8, unit=" ms"),
    Target("crawl on one core: the same without start and end", _main_without_start("crawl-1"), 8, unit=" ms"),
    Target("crawl on two cores: the same without start and end", _main_without_start("crawl-2"), 8, unit=" ms"),
    Target("crawl on two cores: pages a second against bare", _ratio("crawl-2", "bare", "pages/s"), 1.6, at_least=True),
    Target(
        "reprocess on two: pages a second against bare", _ratio("reprocess-2", "bare", "pages/s"), 2.2, at_least=True
    ),
    Target("extraction: CPU against bare", _ratio("extract", "bare", "cpu ms"), 0.95),
    Target("crawl on one core: CPU against news-please", _ratio("crawl-1", "news-please", "cpu ms"), 0.25),
    Target("crawl on two cores: memory of all processes", _figure("crawl-2", "MB"), 450, unit=" MB"),
    Target("long crawl: memory", _figure("long", "MB"), 450, unit=" MB"),
    Target("long crawl: growth for 1,000 pages", _figure("long", "MB a 1000 pages"), 1, unit=" MB"),
    Target("frontier of 10,000 hosts: memory", _figure("frontier-hosts", "MB"), 200, unit=" MB"),
    Target("frontier of 10,000 hosts: next request", _figure("frontier-hosts", "next ms"), 1, unit=" ms"),
    Target("frontier of 10,000 hosts: start", _figure("frontier-hosts", "start s"), 2, unit=" s"),
    Target(
        "insert at a million articles: rate against ten thousand", _ratio("insert-10k", "insert-1m", "cpu ms"), 0.7,
        at_least=True,
    ),
    Target("search to the first hit, small archive: CPU", _figure("start-search", "cpu s"), 0.15, unit=" s"),
)  # fmt: skip
