"""The list of changes in a terminal."""

from collections.abc import Iterable, Iterator

from rich.console import Group
from rich.text import Text

from archive.articles.change_log import Change, ChangeList
from archive.console.cjk_wrap import prose
from archive.console.diff import diff_line
from archive.console.search import INDENT
from archive.console.tables import SINGLE, link
from archive.text.claim_words import Hint

WORDS = 6  # of a hint that are shown


def change_list(found: ChangeList, offset: int, *, marks: bool, program: str = "healthnews") -> Group:
    """Return for each change its article, facts, hints and passages; `marks` for output without colour."""
    lines = [line for change in found.changes for line in _change(change, marks, program)]
    if found.changes:
        lines.append(prose(_position(found, offset), style="dim"))
    if found.note:
        earlier = f" For earlier ones: --until {found.compared_since}" if found.compared_since else ""
        lines.append(prose(f"{found.note}{earlier}", style="yellow"))
    return Group(*lines)


def hint_text(hint: Hint) -> str:
    """Return a hint in words: `negation -没有`."""
    parts = [*(f"-{word}" for word in hint.removed[:WORDS]), *(f"+{word}" for word in hint.added[:WORDS])]
    more = max(0, len(hint.removed) - WORDS) + max(0, len(hint.added) - WORDS)
    return " ".join([hint.kind, *parts, *(["…"] if more else [])])


def _change(change: Change, marks: bool, program: str) -> Iterator[Text]:
    title = diff_line(change.title_pieces, marks, "bold") if change.title_pieces else Text(change.title, style="bold")
    yield prose((f"{change.id:>4}  ", "dim"), title, rest=INDENT)
    yield prose("  ".join(_facts(change)), "  ", link(change.url, change.url), style="dim", first=INDENT, rest=INDENT)
    if change.hints:
        yield prose("hint: ", "; ".join(map(hint_text, change.hints)), style="yellow", first=INDENT, rest=INDENT)
    for passage in change.passages:
        for paragraph in passage.paragraphs:
            yield prose(diff_line(paragraph, marks), first=INDENT, rest=INDENT)
    if change.more:
        passages = f"{change.more} more passage{'s' if change.more > 1 else ''}"
        command = f"{program} diff {change.id} --from {change.before} --to {change.revision}"
        yield prose(f"… and {passages}: {command}", style="dim", first=INDENT, rest=INDENT)
    yield Text()


def _facts(change: Change) -> Iterable[str]:
    yield change.at[:10]
    yield change.site or SINGLE
    if change.kind == "gone":
        yield "page gone"
        return
    yield f"revision {change.before} to {change.revision}"
    yield f"{change.size:,} character{'' if change.size == 1 else 's'}"
    if change.references_removed or change.references_added:
        yield f"references -{change.references_removed} +{change.references_added}"


def _position(found: ChangeList, offset: int) -> str:
    shown = len(found.changes)
    of = f" of {found.total:,}" if found.total is not None and found.total > shown else ""
    numbers = f"{offset + 1} to {offset + shown}{of}" if offset else f"{shown}{of}"
    more = f"; for the next: --offset {offset + shown}" if found.more else ""
    return f"{numbers} change{'' if (found.total or shown) == 1 else 's'}{more}"
