"""Cuts head and tail of a body: lines that stand in the content block but are no part of the article."""

import re
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from archive.article import Removal
from archive.extraction.prose import weight
from archive.extraction.text import Block
from archive.extraction.titles import soften
from archive.extraction.visible import is_labelled

# Where the tail begins: this share of the prose stands before it. A cut may not take more prose than the rest.
TAIL_FROM = 0.6
CUT_AT_MOST = 0.25
# The head: the blocks before the first one of prose, and no more than these.
HEAD_BLOCKS = 8
# A line that begins with a label such as 来源 is no prose up to this length.
FACT_LINE = 120
_EDGES = " \t\u3000-—–_=*·•|｜:：>»›.。…!！~～[]【】「」#↓↑←→▼▲◆■●○☆★"


@dataclass(frozen=True, slots=True)
class Rule:
    """One entry of boilerplate.toml."""

    reason: str
    kind: str | None
    place: str
    effect: str
    limit: int
    lines: frozenset[str]
    starts: tuple[str, ...]
    contains: tuple[str, ...]
    pattern: re.Pattern[str] | None

    def takes(self, line: str) -> bool:
        """Whether the rule applies to a folded line."""
        if len(line) > self.limit:
            return False
        return (
            line.strip(_EDGES) in self.lines
            or line.startswith(self.starts)
            or any(phrase in line for phrase in self.contains)
            or bool(self.pattern and self.pattern.search(line))
        )


@cache
def rules() -> tuple[Rule, ...]:
    """The rules of boilerplate.toml in its order."""
    source = resources.files("archive.extraction").joinpath("boilerplate.toml").read_text(encoding="utf-8")
    return tuple(_rule(entry) for entry in tomllib.loads(source)["rule"])


def _rule(entry: dict[str, Any]) -> Rule:
    patterns = entry.get("patterns", [])
    return Rule(
        reason=entry["reason"],
        kind=entry.get("kind"),
        place=entry["place"],
        effect=entry["effect"],
        limit=entry["limit"],
        lines=frozenset(fold_line(line).strip(_EDGES) for line in entry.get("lines", [])),
        starts=tuple(map(str.lower, entry.get("starts", []))),
        contains=tuple(map(str.lower, entry.get("contains", []))),
        pattern=re.compile("|".join(f"(?:{p})" for p in patterns), re.IGNORECASE) if patterns else None,
    )


def fold_line(text: str) -> str:
    """Case and full-width punctuation folded, on one line."""
    return re.sub(r"\s+", " ", text.translate(_NARROW)).strip().lower()


_NARROW = {0xFF0C: ",", 0xFF1F: "?", 0xFF01: "!", 0x3000: " ", 0x2019: "'", 0xFF5C: "|", 0xA0: " "}


def cut(blocks: Sequence[Block], title: str, names: Iterable[str] = ()) -> tuple[list[Block], list[Removal]]:
    """The article's blocks, and what was cut with the reason, both in the page's order.

    `names` are facts that may be printed as lines of their own in the head: authors, source, section.
    """
    verdicts: list[tuple[str, str | None] | None] = [None] * len(blocks)
    lines = [fold_line(block.text) for block in blocks]
    total = sum(weight(block.text) for block in blocks)
    _judge_head(blocks, lines, title, {soften(name) for name in names}, verdicts)
    before = 0
    for index, line in enumerate(lines):
        if verdicts[index] is None:
            _judge(index, line, before, total, blocks, verdicts)
        before += weight(blocks[index].text)
    _drop_empty_headings(blocks, verdicts)
    kept = [block for block, verdict in zip(blocks, verdicts, strict=True) if verdict is None]
    removals = [Removal(text=b.text, reason=v[0], kind=v[1]) for b, v in zip(blocks, verdicts, strict=True) if v]
    return kept, removals


def _judge_head(
    blocks: Sequence[Block],
    lines: Sequence[str],
    title: str,
    names: set[str],
    verdicts: list[tuple[str, str | None] | None],
) -> None:
    """The title printed again with what stands before it, then the by-line, breadcrumb and date lines."""
    wanted = soften(title)
    head = next((i for i, block in enumerate(blocks) if weight(block.text) and soften(block.text) != wanted), 0)
    start = 0
    for index in range(min(len(blocks), max(head, 1) + 2, HEAD_BLOCKS)):
        if wanted and soften(blocks[index].text) == wanted:
            verdicts[: index + 1] = [("before title", None)] * index + [("repeated title", None)]
            start = index + 1
    for index in range(start, min(len(blocks), start + HEAD_BLOCKS)):
        rule = next((r for r in rules() if r.place == "head" and r.takes(lines[index])), None)
        if rule:
            verdicts[index] = (rule.reason, rule.kind)
        elif soften(lines[index]) in names or (len(lines[index]) <= FACT_LINE and is_labelled(lines[index])):
            verdicts[index] = ("by-line", None)
        elif weight(blocks[index].text):
            break


def _judge(
    index: int,
    line: str,
    before: int,
    total: int,
    blocks: Sequence[Block],
    verdicts: list[tuple[str, str | None] | None],
) -> None:
    tail = before >= TAIL_FROM * total
    rule = next((r for r in rules() if (r.place == "any" or (r.place == "tail" and tail)) and r.takes(line)), None)
    if rule is None:
        if tail and len(line) <= FACT_LINE and is_labelled(line):
            verdicts[index] = ("credits", None)
        return
    verdicts[index] = (rule.reason, rule.kind)
    if rule.effect == "line" or not tail:
        return
    rest = range(index + 1, len(blocks))
    if sum(weight(blocks[i].text) for i in rest) <= CUT_AT_MOST * total:
        for i in rest:
            verdicts[i] = verdicts[i] or (rule.reason if rule.effect == "cut" else "after the end", rule.kind)


def _drop_empty_headings(blocks: Sequence[Block], verdicts: list[tuple[str, str | None] | None]) -> None:
    """A heading at the end heads nothing any more."""
    for index in range(len(blocks) - 1, -1, -1):
        if verdicts[index] is None:
            if blocks[index].kind != "head":
                return
            verdicts[index] = ("empty section", None)
