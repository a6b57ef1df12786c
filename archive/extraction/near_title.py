"""Find the title's line, and tell what is near it from comments, side columns, related articles and cited works."""

import re

from lxml.html import HtmlElement

from archive.dom.lines import Line
from archive.dom.tree import classes
from archive.extraction.page_lines import PageLines
from archive.text.characters import comparison_key

# Number of lines before and after the title that are searched for dates and by-lines.
BEFORE, AFTER = 12, 25
# By-lines without a colon and dates of a change count in this many lines from the title.
NEAR_TITLE = 10
# Lines right after and before the title, which belong to the article even in an `<aside>`.
NEXT_LINES, LINES_ABOVE = 4, 2
# Classes of comments, and of related articles and side columns.
_COMMENTS = re.compile(r"(?:^|[\s_-])(?:comments?|commentlist|respond|disqus|replies)(?:$|[\s_-])")
_RELATED = re.compile(r"(?:^|[\s_-])related(?:$|[\s_-])")
_BESIDE = re.compile(r"(?:^|[\s_-])(?:related|recommend\w{0,8}|sidebar|footer)(?:$|[\s_-])")
_HEADINGS = frozenset({"h1", "h2", "h3", "h4"})


def find_title_line(page: PageLines, title: str) -> int:
    """Return the index of the heading that prints or contains the title, else of a line with it, of a heading, or 0."""
    wanted = comparison_key(title)
    keys = [(comparison_key(heading.text), heading.line) for heading in page.headings]
    headings = [line for key, line in keys if key == wanted] or [line for key, line in keys if wanted and wanted in key]
    if headings:
        return headings[0]
    start, longest = title[:1], 2 * len(title) + 200
    lines = [(i, line) for i, line in enumerate(page.lines) if may_print_title(line) and start in line.text[:40]]
    same = next((i for i, line in lines if line.text == title), None)
    if same is None:
        same = next((i for i, line in lines if len(line.text) <= longest and comparison_key(line.text) == wanted), None)
    if same is not None:
        return same
    return page.headings[0].line if page.headings else 0


def may_print_title(line: Line) -> bool:
    """Return whether a line may print the title: no link, except a heading, which may link to the article itself."""
    return line.linked_share < 0.5 or line.block.tag in _HEADINGS


def is_foreign(page: PageLines, at: int, element: HtmlElement, *, near: bool = False) -> bool:
    """Return whether an element is inside comments, or a side column and the like, which the title is not in.

    An element `near` the title may be in a side column.
    """
    own = {page.lines[at].block, *page.lines[at].block.iterancestors()} if at < len(page.lines) else set()
    for holder in (element, *element.iterancestors()):
        if holder in own:
            return False
        name = classes(holder)
        if _COMMENTS.search(name) or (not near and (holder.tag in {"aside", "footer"} or _BESIDE.search(name))):
            return True
    return False


def is_related(element: HtmlElement) -> bool:
    """Return whether an element is inside a box that its class names as related articles."""
    return any(_RELATED.search((holder.get("class") or "").lower()) for holder in (element, *element.iterancestors()))


def is_listed(line: Line) -> bool:
    """Return whether a line is in an ordered list: a cited work, whose authors are not the article's."""
    return next(line.block.iterancestors("ol"), None) is not None
