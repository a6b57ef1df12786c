"""Cuts what stands in the content block but is no part of the article, and says why.

The reasons: `repeated title`, `before title`, `by-line`, `credits`, `after the end` and `empty section` by place;
`advertisement` by wooing words or by the name of the box; archive.extraction.block_fingerprints.RECURRING; `left out`
for what the
extractor dropped and no rule knows; else the reason of a rule of boilerplate.toml.
"""

import re
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from lxml.html import HtmlElement

from archive.article import Removal
from archive.dom.tree import classes
from archive.extraction.block_fingerprints import RECURRING, fingerprint
from archive.extraction.block_positions import PositionedBlock, is_linked
from archive.extraction.boilerplate_rules import Rule, bare_line, fold_line, promotion, rules
from archive.extraction.bylines import is_labelled
from archive.extraction.content_root import prose_weight
from archive.extraction.dates import find_dates
from archive.extraction.titles import comparison_key
from archive.references.markers import strip
from archive.text.scripts import count_cjk, has_cjk

# Where the tail begins: this share of the prose stands before it. A cut may not take more prose than the rest.
TAIL_FROM = 0.6
CUT_AT_MOST = 0.25
# The head: the blocks before the first one of prose, and no more than these.
HEAD_BLOCKS = 8
# A line that begins with a label such as 来源 is no prose up to this length.
FACT_LINE = 120
# A line of the head that holds a date is a date line up to this length.
DATE_LINE = 30
# The longest advertisement, in letters, CJK characters twice. Of 6,754 lines so short in the gold texts of the half of
# the pages that decides, four have wooing words of two groups, three of them as sentences, and none of three.
PROMOTION_LINE = 200
# A block shorter than this heads a section on many pages (小结, Symptoms): it recurs without being boilerplate.
STRUCTURAL_CJK, STRUCTURAL_WORDS = 8, 3
# Boxes whose name says that they are no part of the text hold at most this share of its prose.
BOX_SHARE = 0.2
_BOX = re.compile(
    r"(?:^|[\s_-])(?:ad|ads|advert|advertise\w*|anzeige|werbung|reklame|guanggao|promo|promotion|cta|sponsor|sponsored|kefu|inner-?ad"
    r"|newsletter|signup|sign-up|poll|donate|donation)(?:[\s_-]|$)"
)
_FORM_KINDS = frozenset({"call to action", "contact", "form", "phone"})
_SENTENCE_END = re.compile(r"[。.．][”’」』）)\"']?$")
_QUOTES = "“\"「『‘'"


@dataclass(frozen=True, slots=True)
class _Verdict:
    reason: str
    kind: str | None = None


@dataclass(slots=True)
class _Item:
    """A placed block with what the judges need of it, and their verdict."""

    placed: PositionedBlock
    line: str
    weight: int
    verdict: _Verdict | None = None

    @property
    def is_marketing(self) -> bool:
        return self.verdict is not None and (self.verdict.kind is not None or self.verdict.reason == RECURRING)


def remove_boilerplate(
    placed: Sequence[PositionedBlock],
    title: str,
    names: Iterable[str] = (),
    site_blocks: AbstractSet[str] = frozenset(),
) -> tuple[list[PositionedBlock], list[Removal]]:
    """The article's blocks, and what was cut with the reason, both in the page's order.

    `names` are facts that may be printed as lines of their own in the head: authors, source, section. `site_blocks`
    are fingerprints of blocks that recur on the site. What the extractor left out is never kept.
    """
    items = [_item(block) for block in placed]
    total = sum(item.weight for item in items)
    _judge_head(items, total, title, {comparison_key(name) for name in names})
    before = 0
    for index, item in enumerate(items):
        if item.verdict is None:
            _judge(index, items, before, total)
        before += item.weight
    _judge_boxes(items, total)
    _judge_recurring(items, site_blocks)
    _judge_neighbours(items)
    for item in items:
        if item.verdict is None and item.placed.left_out:
            item.verdict = _Verdict("left out")
    _drop_empty_headings(items)
    kept = [item.placed for item in items if item.verdict is None]
    removals = [
        Removal(text=item.placed.block.text, reason=item.verdict.reason, kind=item.verdict.kind)
        for item in items
        if item.verdict
    ]
    return kept, removals


def is_form(kept: Sequence[PositionedBlock], removals: Sequence[Removal]) -> bool:
    """Whether what was kept is the rest of a form or a contact page: no prose, no more lines than were cut."""
    cut_lines = sum(removal.kind in _FORM_KINDS for removal in removals)
    return cut_lines >= max(2, len(kept)) and not any(prose_weight(item.block.text) for item in kept)


def _item(placed: PositionedBlock) -> _Item:
    text = placed.block.text
    return _Item(placed, fold_line(text), 0 if placed.left_out else prose_weight(text))


def _judge_head(items: Sequence[_Item], total: int, title: str, names: set[str]) -> None:
    """The title printed again with what stands before it, then the by-line, breadcrumb and date lines."""
    wanted = comparison_key(title)
    head = next((i for i, item in enumerate(items) if item.weight and comparison_key(item.line) != wanted), 0)
    start = 0
    for index in range(min(len(items), max(head, 1) + 2, HEAD_BLOCKS)):
        if wanted and comparison_key(items[index].line) == wanted:
            items[index].verdict = _Verdict("repeated title")
            if sum(item.weight for item in items[:index]) <= CUT_AT_MOST * total:
                for item in items[:index]:
                    item.verdict = item.verdict or _Verdict("before title")
            start = index + 1
    for item in items[start : start + HEAD_BLOCKS]:
        bare = bare_line(item.line)
        rule = next((r for r in rules() if r.place == "head" and r.matches(item.line, bare)), None)
        if rule:
            item.verdict = _Verdict(rule.reason, rule.kind)
        elif comparison_key(item.line) in names or _is_fact(item.line):
            item.verdict = _Verdict("by-line")
        elif item.weight:
            break


def _is_fact(line: str) -> bool:
    """Whether a line says when or by whom: with a label, or as little more than a date."""
    return (len(line) <= FACT_LINE and is_labelled(line)) or (
        len(line) <= DATE_LINE and any(True for _ in find_dates(line))
    )


def _judge(index: int, items: Sequence[_Item], before: int, total: int) -> None:
    item = items[index]
    tail = before >= TAIL_FROM * total
    rule = _rule_for(item.line, tail=tail)
    if rule is not None:
        item.verdict = _Verdict(rule.reason, rule.kind)
        if rule.effect != "line" and tail and not _is_button(item):
            _cut_rest(items[index + 1 :], rule, total)
    elif tail and len(item.line) <= FACT_LINE and is_labelled(item.line):
        item.verdict = _Verdict("credits")
    elif _is_advertisement(item.line):
        item.verdict = _Verdict("advertisement", "advertisement")


def _is_button(item: _Item) -> bool:
    """Whether the extractor dropped the line as a link: `Comments` in a share bar ends nothing."""
    return item.placed.left_out and item.placed.line is not None and is_linked(item.placed.line)


def _rule_for(line: str, *, tail: bool) -> Rule | None:
    bare = bare_line(line)
    return next(
        (r for r in rules() if (r.place == "any" or (r.place == "tail" and tail)) and r.matches(line, bare)), None
    )


def _cut_rest(rest: Sequence[_Item], rule: Rule, total: int) -> None:
    if sum(item.weight for item in rest) <= CUT_AT_MOST * total:
        verdict = _Verdict(rule.reason if rule.effect == "cut" else "after the end", rule.kind)
        for item in rest:
            own = _rule_for(item.line, tail=True)
            if own is not None and own.effect == "cut":
                verdict = _Verdict(own.reason, own.kind)
            item.verdict = item.verdict or (_Verdict(own.reason, own.kind) if own else verdict)


def _is_advertisement(line: str) -> bool:
    """Wooing words of three groups, or of two in a line that is neither a sentence nor a quotation."""
    if not 4 <= len(line) <= PROMOTION_LINE or _width(line) > PROMOTION_LINE or line[0] in _QUOTES:
        return False
    hits = len(promotion().hits(line))
    return hits >= 3 or (hits == 2 and not _SENTENCE_END.search(line))


def _width(line: str) -> int:
    return len(line) + count_cjk(line)


def _judge_boxes(items: Sequence[_Item], total: int) -> None:
    """Cut the boxes that are called advertisement, promotion or the like, if they hold little of the text."""
    named: dict[HtmlElement, HtmlElement | None] = {}
    boxes: dict[HtmlElement, list[_Item]] = {}
    for item in items:
        if item.placed.line is not None and (box := _box_of(item.placed.line.block, named)) is not None:
            boxes.setdefault(box, []).append(item)
    for found in boxes.values():
        if sum(item.weight for item in found) <= BOX_SHARE * total:
            for item in found:
                item.verdict = item.verdict or _Verdict("advertisement", "advertisement")


def _box_of(element: HtmlElement, known: dict[HtmlElement, HtmlElement | None]) -> HtmlElement | None:
    """The outermost element so named around a line; `known` remembers it for all elements seen."""
    path: list[HtmlElement] = []
    above: HtmlElement | None = element
    while above is not None and above not in known and above.tag != "body":
        path.append(above)
        above = above.getparent()
    found = known.get(above) if above is not None else None
    for below in reversed(path):
        if found is None and _BOX.search(classes(below)):
            found = below
        known[below] = found
    return found


def _judge_recurring(items: Sequence[_Item], site_blocks: AbstractSet[str]) -> None:
    """Cut what the site repeats; headings and very short blocks only beside another block that is cut.

    小结, 引言 or Symptoms head sections on many pages of a site and say nothing about being boilerplate; a box's own
    short lines (在线客服, Book now) stand beside its longer ones. A page all of which is known is a copy of others (a
    print view, a second address), not boilerplate: it keeps its text.
    """
    if not site_blocks:
        return
    known = [
        item for item in items if item.verdict is None and fingerprint(strip(item.placed.block.text)) in site_blocks
    ]
    own = [item for item in items if item.verdict is None and item not in known and not _is_structural(item)]
    if not own:
        return
    for item in known:
        if not _is_structural(item):
            item.verdict = _Verdict(RECURRING, "slogan")
    waiting = {id(item) for item in known if item.verdict is None}
    for run in (items, items[::-1]):
        beside = False
        for item in run:
            if beside and id(item) in waiting:
                item.verdict = _Verdict(RECURRING, "slogan")
            beside = item.is_marketing


def _is_structural(item: _Item) -> bool:
    text = strip(item.placed.block.text)
    short = len(text) <= STRUCTURAL_CJK if has_cjk(text) else len(text.split()) <= STRUCTURAL_WORDS
    return short or item.placed.block.kind == "head"


def _judge_neighbours(items: Sequence[_Item]) -> None:
    """A short line that woos a little, beside marketing that is cut, belongs to it."""
    for run in (items, items[::-1]):
        beside = False
        for item in run:
            if beside and item.verdict is None and _is_promotional(item):
                item.verdict = _Verdict("advertisement", "advertisement")
            beside = item.is_marketing


def _is_promotional(item: _Item) -> bool:
    return not item.weight and not _SENTENCE_END.search(item.line) and bool(promotion().hits(item.line))


def _drop_empty_headings(items: Sequence[_Item]) -> None:
    """A heading at the end heads nothing any more."""
    for item in reversed(items):
        if item.verdict is None:
            if item.placed.block.kind != "head":
                return
            item.verdict = _Verdict("empty section")
