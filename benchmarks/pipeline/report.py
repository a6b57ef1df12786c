"""Medians over the rounds, with their spread, as tables."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from rich.table import Table

from benchmarks.pipeline.targets import TARGETS, Round

# Milliseconds of CPU a page or request, of all processes, of the first one and of the others; bytes of all processes.
COLUMNS = ("cpu ms", "main ms", "workers ms", "pages/s", "MB")


@dataclass(frozen=True, slots=True)
class Summary:
    """The median of a figure over the rounds, the lowest and the highest."""

    median: float
    lowest: float
    highest: float

    def __str__(self) -> str:
        spread = "" if self.lowest == self.highest else f" ({self.lowest:.4g}-{self.highest:.4g})"
        return f"{self.median:.4g}{spread}"


def summary(values: Sequence[float]) -> Summary:
    """Return the summary of at least one value."""
    return Summary(median(values), min(values), max(values))


def by_contender(rounds: Sequence[Round]) -> dict[str, dict[str, Summary]]:
    """Return the summaries of each figure of each contender, in the order in which they ran."""
    return {
        name: {figure: summary([one[name][figure] for one in rounds]) for figure in figures}
        for name, figures in rounds[0].items()
    }


def against_targets(rounds: Sequence[Round]) -> list[tuple[str, str, Summary, bool]]:
    """Return name, target, summary and whether the median meets it, of the targets whose contenders ran."""
    found = []
    for target in TARGETS:
        try:
            values = summary([target.value(one) for one in rounds])
        except KeyError:  # a contender of it did not run
            continue
        found.append((target.name, target.text, values, target.is_met(values.median)))
    return found


def figures_table(summaries: Mapping[str, Mapping[str, Summary]]) -> Table:
    """Return a table with a line for each contender."""
    table = Table("contender", *COLUMNS, "more", box=None)
    for name, figures in summaries.items():
        more = ", ".join(f"{figure} {values}" for figure, values in figures.items() if figure not in COLUMNS)
        table.add_row(name, *(str(figures.get(column, "")) for column in COLUMNS), more)
    return table


def targets_table(found: Sequence[tuple[str, str, Summary, bool]]) -> Table:
    """Return a table of what was found beside what is wanted."""
    table = Table("what", "found: median (lowest-highest)", "target", "", box=None)
    for name, target, values, is_met in found:
        table.add_row(name, str(values), target, "met" if is_met else "[red]missed[/red]")
    return table
