"""Remove what is inside the content but not part of the article, with a reason for each block.

The reasons by place are `repeated title`, `before title`, `by-line`, `credits`, `after the end` and `empty section`;
`advertisement` is decided by promotional words or by the name of the box; block_fingerprints.RECURRING marks blocks
that the site repeats; `left out` marks what the extractor dropped and no rule matches. All others are the reasons of
the rules in boilerplate.toml.
"""

import re
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from lxml.html import HtmlElement

from archive.article import Removal
from archive.dom.tree import classes
from archive.extraction.block_fingerprints import RECURRING, fingerprint
from archive.extraction.block_positions import BodyLines, PositionedBlock, is_linked, is_prose, key_of, letters_of
from archive.extraction.boilerplate_rules import (
    BoilerplateRule,
    advertising_lines,
    advertising_rules,
    bare_line,
    first_rule,
    fold_line,
    promotion,
    rules,
)
from archive.extraction.content_root import PROSE, prose_weight
from archive.extraction.dates import find_dates
from archive.extraction.labels import is_labelled
from archive.references.markers import strip
from archive.text.characters import comparison_key
from archive.text.scripts import count_cjk, has_cjk

# Letters of a kicker before a title, or of a note behind it, at most.
KICKER = 20
# The tail begins after this share of the prose. No rule removes the rest of a page, or what is before the title, if
# that has more than REMOVED_AT_MOST of the prose.
TAIL_FROM = 0.6
REMOVED_AT_MOST = 0.25
# The head is the blocks before the first one of prose, at most this many.
HEAD_BLOCKS = 8
# Characters up to which a line that begins with a label such as 来源 is not prose.
FACT_LINE = 120
# Characters up to which a line of the head with a date in it is a date line.
DATE_LINE = 30
# Letters of the longest advertisement, CJK characters counted twice. Of 6,754 lines up to this length in the gold texts
# of the half of the pages that decides, four have promotional words of two groups, three of them in sentences, and none
# of three.
PROMOTION_LINE = 200
# Blocks up to this length are headings of sections on many pages (小结, Symptoms): they recur and are not boilerplate.
STRUCTURAL_CJK, STRUCTURAL_WORDS = 8, 3
# A box named as an advertisement or the like is removed if it has at most this share of the prose.
BOX_SHARE = 0.2
# All boxes together are kept if they have more than this share of the prose.
BOXES_SHARE = 0.4
_BOX = re.compile(
    r"(?:^|[\s_-])(?:ad|ads|advert|advertise\w*|anzeige|werbung|reklame|guanggao|promo|promotion|cta|sponsor|sponsored|kefu|inner-?ad"
    r"|newsletter|signup|sign-up|poll|donate|donation)(?:[\s_-]|$)"
)
_FORM_KINDS = frozenset({"call to action", "contact", "form", "form field", "phone"})
_SENTENCE_END = re.compile(r"[。.．][”’」』）)\"']?$")
# A line with at least this many characters or words may be a sentence.
CJK_SENTENCE, SENTENCE_WORDS = 15, 8
_STOP = re.compile(r"[.!?…][”’»\"')]*$")
_CLAUSES = re.compile(r"[。！？][”’」』）)\"']*$|(?:^|\n)[^，、,\n]*+[，、,].{6,}[，,。；：:]|[。！？].{6,}")
_LABELLED = re.compile(r"[^，。]{0,24}[:：|｜/／]|.{0,40}(?:来源|來源|编辑|編輯|作者|责编|責編|审核)[:：]")
# Characters of the longest advertisement beside the content, and what one has: a telephone number or such a word.
ELSEWHERE_LINE = 40
_CALLS = re.compile(
    r"\d{3}[- ]?\d{4}|[咨询諮热線线预约約顾顧扫掃客][询詢線线约問问码碼服]"
    r"|\b(?:call|book|appointment|consultation)\b"
)
_QUOTES = "“\"「『‘'"


@dataclass(frozen=True, slots=True)
class _Decision:
    reason: str
    kind: str | None = None


@dataclass(slots=True)
class _Item:
    """A block with its folded line, its prose weight and the decision to remove it, None while it is kept."""

    positioned: PositionedBlock
    line: str
    weight: int
    decision: _Decision | None = None

    @property
    def is_marketing(self) -> bool:
        return self.decision is not None and (self.decision.kind is not None or self.decision.reason == RECURRING)


def remove_boilerplate(
    placed: Sequence[PositionedBlock],
    title: str,
    names: Iterable[str] = (),
    site_blocks: AbstractSet[str] = frozenset(),
) -> tuple[list[PositionedBlock], list[Removal]]:
    """Return the article's blocks and the removed ones with their reasons, both in the page's order.

    `names` are facts that may be lines of their own in the head: authors, source, section. `site_blocks` are
    fingerprints of blocks that recur on the site. What the extractor left out is always removed.
    """
    items = [_item(block) for block in placed]
    total = sum(item.weight for item in items)
    _remove_head(items, total, title, {comparison_key(name) for name in names})
    before = 0
    for index, item in enumerate(items):
        if item.decision is None:
            _apply_rules(index, items, before, total)
        before += item.weight
    _remove_boxes(items, total)
    _remove_recurring(items, site_blocks)
    _remove_neighbours(items)
    for item in items:
        if item.decision is None and item.positioned.left_out:
            item.decision = _Decision("left out")
    _remove_empty_headings(items)
    kept = [item.positioned for item in items if item.decision is None]
    removals = [
        Removal(text=item.positioned.block.text, reason=item.decision.reason, kind=item.decision.kind)
        for item in items
        if item.decision
    ]
    return kept, removals


def remove_elsewhere(page: BodyLines, kept: Sequence[PositionedBlock], removals: Sequence[Removal]) -> list[Removal]:
    """Return what stands beside the content root, in neither of the other two: prose and advertising.

    Advertising is judged by whole lines and telephone numbers only, since pages have hundreds of lines of navigation.
    """
    held = [item.block.text for item in kept] + [removal.text for removal in removals]
    letters = "|".join(map(letters_of, held))
    found: dict[str, Removal] = {}
    for line in page.lines:
        length = len(line.text)
        rule = _advertising_rule(fold_line(line.text)) if length <= ELSEWHERE_LINE else None
        if (
            (rule or (2 * length >= PROSE and is_prose(line)))
            and (key := key_of(line.text)) not in letters
            and key not in found
        ):
            reason, kind = (rule.reason, rule.kind) if rule else ("left out", None)
            found[key] = Removal(text=line.text, reason=reason, kind=kind)
    return list(found.values())


def _advertising_rule(line: str) -> BoilerplateRule | None:
    bare = bare_line(line)
    rule = advertising_lines().get(bare) or next((rule for rule in _wide_rules(line) if rule.matches(line, bare)), None)
    return rule if rule is None or first_rule(line, tail=False) in advertising_rules() else None


def _wide_rules(line: str) -> Iterable[BoilerplateRule]:
    return advertising_rules() if _CALLS.search(line) else ()


def is_form(kept: Sequence[PositionedBlock], removals: Sequence[Removal]) -> bool:
    """Return whether the kept blocks are the rest of a form or contact page: no prose, fewer lines than removed."""
    removed = sum(removal.kind in _FORM_KINDS for removal in removals)
    return removed >= max(2, len(kept)) and not any(prose_weight(item.block.text) for item in kept)


def _item(positioned: PositionedBlock) -> _Item:
    text = positioned.block.text
    return _Item(positioned, fold_line(text), 0 if positioned.left_out else prose_weight(text))


def _remove_head(items: Sequence[_Item], total: int, title: str, names: set[str]) -> None:
    """Remove the repeated title and the lines before it, then the by-line, breadcrumb and date lines after it."""
    wanted = comparison_key(title)
    head = next((i for i, item in enumerate(items) if item.weight and not _repeats(item, wanted)), 0)
    start = 0
    for index in range(min(len(items), max(head, 1) + 2, HEAD_BLOCKS)):
        if wanted and _repeats(items[index], wanted):
            items[index].decision = _Decision("repeated title")
            if sum(item.weight for item in items[:index]) <= REMOVED_AT_MOST * total:
                for item in items[:index]:
                    item.decision = item.decision or _Decision("before title")
            start = index + 1
    for item in items[start : start + HEAD_BLOCKS]:
        bare = bare_line(item.line)
        if is_sentence(item.positioned.block.text):
            break
        rule = next((r for r in rules() if r.place == "head" and r.matches(item.line, bare)), None)
        if rule:
            item.decision = _Decision(rule.reason, rule.kind)
        elif comparison_key(item.line) in names or _is_fact(item.line):
            item.decision = _Decision("by-line")
        elif item.weight:
            break


def is_sentence(text: str) -> bool:
    """Return whether a line is a sentence, however it begins: `By 2050, one in four people …`, `2024年4月30日，…`.

    By-lines hold labels, names and figures: they have no full stop, or are mostly words with capitals.
    """
    if has_cjk(text):
        return len(text) >= CJK_SENTENCE and not _LABELLED.match(text) and bool(_CLAUSES.search(text))
    words = text.split()
    small = sum(word[0].islower() for word in words)
    return len(words) >= SENTENCE_WORDS and 2 * small >= len(words) and bool(_STOP.search(text))


def _repeats(item: _Item, wanted: str) -> bool:
    """Return whether a line is the title, or a heading that has a kicker or a note beside it."""
    key = comparison_key(item.line)
    beside = len(key) - len(wanted)
    heading = item.positioned.block.kind == "head" and len(wanted) >= KICKER and 0 < beside <= KICKER
    return key == wanted or (heading and (key.startswith(wanted) or key.endswith(wanted)))


def _is_fact(line: str) -> bool:
    """Return whether a line is a labelled fact or little more than a date."""
    return (len(line) <= FACT_LINE and is_labelled(line)) or (
        len(line) <= DATE_LINE and any(True for _ in find_dates(line))
    )


def _apply_rules(index: int, items: Sequence[_Item], before: int, total: int) -> None:
    item = items[index]
    tail = before >= TAIL_FROM * total
    rule = first_rule(item.line, tail=tail)
    if rule is not None:
        item.decision = _Decision(rule.reason, rule.kind)
        if rule.effect != "line" and tail and not _is_button(item):
            _remove_rest(items, index, rule, total)
    elif tail and len(item.line) <= FACT_LINE and is_labelled(item.line):
        item.decision = _Decision("credits")
    elif _is_advertisement(item.line):
        item.decision = _Decision("advertisement", "advertisement")


def _is_button(item: _Item) -> bool:
    """Return whether the line is a link that the extractor dropped, such as `Comments` in a share bar."""
    return item.positioned.left_out and item.positioned.line is not None and is_linked(item.positioned.line)


def _remove_rest(items: Sequence[_Item], index: int, rule: BoilerplateRule, total: int) -> None:
    """Remove what follows line `index`, unless that is much of the prose; a box of links ends where it ends."""
    rest = items[index + 1 :]
    if sum(item.weight for item in rest) > REMOVED_AT_MOST * total:
        return
    verdict = _Decision(rule.reason if rule.effect == "cut" else "after the end", rule.kind)
    parents = _text_parents(items, index) if rule.kind == "related list" else set()
    for item in rest:
        line = item.positioned.line
        if line is not None and item.weight and line.block.getparent() in parents and not is_linked(line):
            continue
        own = first_rule(item.line, tail=True)
        if own is not None and own.effect == "cut":
            verdict = _Decision(own.reason, own.kind)
        item.decision = item.decision or (_Decision(own.reason, own.kind) if own else verdict)


def _parent(item: _Item) -> HtmlElement | None:
    return None if item.positioned.line is None else item.positioned.line.block.getparent()


def _text_parents(items: Sequence[_Item], index: int) -> set[HtmlElement]:
    """Return the containers of the prose before a line that is in a box of its own inside them; empty if it is not."""
    parents = {parent for item in items[:index] if item.weight and (parent := _parent(item)) is not None}
    own = _parent(items[index])
    return set() if own is None or own in parents else parents


def _is_advertisement(line: str) -> bool:
    """Return whether a line has promotional words of three groups, or of two and is not a sentence or quotation."""
    if not 4 <= len(line) <= PROMOTION_LINE or _width(line) > PROMOTION_LINE or line[0] in _QUOTES:
        return False
    hits = len(promotion().hits(line))
    return hits >= 3 or (hits == 2 and not _SENTENCE_END.search(line))


def _width(line: str) -> int:
    return len(line) + count_cjk(line)


def _remove_boxes(items: Sequence[_Item], total: int) -> None:
    """Remove boxes named advertisement, promotion or the like if they have little of the prose.

    Boxes of the same name are judged together: a part of an article may be named after what it is about.
    """
    named: dict[HtmlElement, HtmlElement | None] = {}
    boxes: dict[HtmlElement, list[_Item]] = {}
    for item in items:
        if item.positioned.line is not None and (box := _box_of(item.positioned.line.block, named)) is not None:
            boxes.setdefault(box, []).append(item)
    alike: dict[str, list[_Item]] = {}
    for box, found in boxes.items():
        alike.setdefault(f"{box.tag} {classes(box)}", []).extend(found)
    little = [found for found in alike.values() if sum(item.weight for item in found) <= BOX_SHARE * total]
    if sum(item.weight for found in little for item in found) > BOXES_SHARE * total:
        return
    for item in (item for found in little for item in found):
        item.decision = item.decision or _Decision("advertisement", "advertisement")


def _box_of(element: HtmlElement, known: dict[HtmlElement, HtmlElement | None]) -> HtmlElement | None:
    """Return the outermost element with such a name around a line; `known` caches the result by element."""
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


def _remove_recurring(items: Sequence[_Item], site_blocks: AbstractSet[str]) -> None:
    """Remove what the site repeats; headings and very short blocks only next to another removed block.

    小结, 引言 or Symptoms are headings on many pages of a site and recur without being boilerplate, but the short lines
    of a box (在线客服, Book now) are next to its longer ones. A page with only known blocks is a copy of another page
    (a print view, a second URL) and keeps its text.
    """
    if not site_blocks:
        return
    known = [
        item
        for item in items
        if item.decision is None and fingerprint(strip(item.positioned.block.text)) in site_blocks
    ]
    own = [item for item in items if item.decision is None and item not in known and not _is_structural(item)]
    if not own:
        return
    for item in known:
        if not _is_structural(item):
            item.decision = _Decision(RECURRING, "slogan")
    short = {id(item) for item in known if item.decision is None}
    for run in (items, items[::-1]):
        beside = False
        for item in run:
            if beside and id(item) in short:
                item.decision = _Decision(RECURRING, "slogan")
            beside = item.is_marketing


def _is_structural(item: _Item) -> bool:
    text = strip(item.positioned.block.text)
    short = len(text) <= STRUCTURAL_CJK if has_cjk(text) else len(text.split()) <= STRUCTURAL_WORDS
    return short or item.positioned.block.kind == "head"


def _remove_neighbours(items: Sequence[_Item]) -> None:
    """Remove a short line with a promotional word next to removed marketing."""
    for run in (items, items[::-1]):
        beside = False
        for item in run:
            if beside and item.decision is None and _is_promotional(item):
                item.decision = _Decision("advertisement", "advertisement")
            beside = item.is_marketing


def _is_promotional(item: _Item) -> bool:
    return not item.weight and not _SENTENCE_END.search(item.line) and bool(promotion().hits(item.line))


def _remove_empty_headings(items: Sequence[_Item]) -> None:
    """Remove headings at the end, whose sections were removed."""
    for item in reversed(items):
        if item.decision is None:
            if item.positioned.block.kind != "head":
                return
            item.decision = _Decision("empty section")
