"""The bar that shows the progress of a crawl on a terminal."""

from collections.abc import Iterable

from rich import progress
from rich.console import Console, RenderableType
from rich.text import Text


class Bar(progress.Progress):
    """A bar with the pages; the details are on a line below, since 80 columns have no room beside it."""

    def __init__(self) -> None:
        columns = (progress.BarColumn(bar_width=None), progress.MofNCompleteColumn(), progress.TaskProgressColumn())
        super().__init__(*columns, console=Console(stderr=True), auto_refresh=False, transient=True, expand=True)
        self.task = self.add_task("Crawling", total=None, details="")

    def get_renderables(self) -> Iterable[RenderableType]:
        yield self.make_tasks_table(self.tasks)
        yield from (Text(task.fields["details"]) for task in self.tasks)

    def show(self, done: int, known: int, details: str) -> None:
        """Draw how many of the known pages are done, with details below."""
        self.update(self.task, completed=done, total=known, details=details, refresh=True)
