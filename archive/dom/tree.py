"""Parse the text of a page into an element tree of limited size and depth, and small operations on trees."""

import re

from lxml.etree import ElementDefaultClassLookup, ParserError, XPath, strip_elements
from lxml.html import Element, HtmlElement, HTMLParser, document_fromstring

from archive.article import NoArticle

# Pages with more characters or elements are refused: trafilatura is superlinear and took 44 s for 80,000 elements. The
# largest of 358 real pages has 5,966.
MAX_CHARACTERS = 8_000_000
MAX_ELEMENTS = 30_000
# trafilatura returns nothing beyond about 250 nested elements.
MAX_DEPTH = 200
BLOCK_TAGS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "center",
        "dd",
        "details",
        "dialog",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "li",
        "main",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "summary",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "ul",
    ]
)
# Containers without a meaning of their own, which may be dissolved.
_TRANSPARENT = frozenset(
    ["article", "b", "center", "div", "em", "font", "form", "i", "main", "section", "small", "span", "strong"]
)
_HEAD_TAGS = frozenset(["base", "link", "meta", "noframes", "noscript", "script", "style", "template", "title"])
# Tags in source that `_flatten_source` counts and drops: not empty ones and those with an implied end.
_NESTING = re.compile(
    r"<(/?)(?:a|abbr|article|b|big|blockquote|center|dd|del|details|div|dl|dt|em|fieldset|figure|font|footer|form|header|i|ins"
    r"|label|li|main|nav|ol|section|small|span|strong|table|tbody|td|tr|u|ul)\b[^<>]*>",
    re.IGNORECASE,
)
# What XML does not allow, and what readers do not see but searches meet: soft hyphens, word joiners, byte order marks.
_INVALID = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\xad\u2060\ufeff\ufffe\uffff\ud800-\udfff]")
_CONTROLS = bytes(code for code in range(32) if code not in b"\t\n\r")
# Zero-width spaces and joiners, except behind the letters that need them: Arabic and Indic scripts, those of South East
# Asia without spaces between words, and emoji.
_ZERO_WIDTH = "\u200b\u200c\u200d"
_JOINING = "\u0600-\u109f\u1780-\u18af\u1a20-\u1aaf\u2600-\u27bf\ufb50-\ufdff\ufe0f\ufe70-\ufefc\U00011000-\U0001fbff"
# The look-behind stands last: a pattern that begins with one is tried at every character, at 5 ms a page.
_USELESS_ZERO_WIDTH = re.compile(f"[{_ZERO_WIDTH}](?<![{_JOINING}][{_ZERO_WIDTH}])")
_INVISIBLE_REFERENCE = re.compile(
    r"&(?:(?P<always>shy|NoBreak|#0*(?:173|8288|65279)|#[xX]0*(?:[aA][dD]|2060|[fF][eE][fF][fF]))"
    r"|ZeroWidthSpace|zwnj|zwj|#0*820[345]|#[xX]0*200[bBcCdD]);"
)
_JOINING_LETTER = re.compile(f"[{_JOINING}]")
# The same as character references: lxml decodes them, and trafilatura then cannot set any text.
_INVALID_REFERENCE = re.compile(
    r"&#(?:0*(?:[0-8]|1[124-9]|2[0-9]|3[01])(?:;|(?![0-9]))|x0*(?:[0-8bcef]|1[0-9a-f])(?:;|(?![0-9a-f])))",
    re.IGNORECASE,
)
_TAG = re.compile(r"<[a-zA-Z]")
_END = re.compile(r"</html\s*>", re.IGNORECASE)
_ENDS = re.compile(r"</(?:html|body)\s*>", re.IGNORECASE)
_CONTENT = re.compile(
    r"<(?:article|blockquote|body|center|dd|div|dl|dt|font|h[1-6]|li|main|ol|p|pre|section|span|table|td|tr|ul)\b",
    re.IGNORECASE,
)
# libxml2 compares each attribute of a tag with those before it: 600,000 take it minutes. Base64 has no white space.
MAX_ATTRIBUTES = 5_000
_LONG_TAG = re.compile(rf"<[a-zA-Z][^<>]{{{2 * MAX_ATTRIBUTES},}}")
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")
_COUNT = XPath("count(//*)")
_TEXT_LENGTH = XPath("string-length(normalize-space(/))")
# libxml2 stops at 256 nested elements, at 2,048 with `huge_tree`, and drops the rest of the document.
_PARSER_DEPTH = 2_040
_PARSER = HTMLParser(
    encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True, collect_ids=False, default_doctype=False
)
# One class for all elements: lxml.html calls a Python function for each to find the classes of forms and their fields,
# which nothing here uses. A page's elements are made several times, at .2 ms for a thousand.
_PARSER.set_element_class_lookup(ElementDefaultClassLookup(element=HtmlElement))


def parse(text: str) -> HtmlElement:
    """Return the `<html>` element of a page's text, which has a `<body>`.

    Raises NoArticle with the reason empty, not html, too large or too complex.
    """
    if not text.strip():
        raise NoArticle("empty")
    if len(text) > MAX_CHARACTERS:
        raise NoArticle("too large")
    if not _TAG.search(text):
        raise NoArticle("not html")
    if any(len(_QUOTED.sub(" ", tag[0]).split()) > MAX_ATTRIBUTES for tag in _LONG_TAG.finditer(text)):
        raise NoArticle("too complex")
    text = without_early_end(_without_invisible(_INVALID_REFERENCE.sub("", text)))
    text = _INVISIBLE_REFERENCE.sub(_needed_reference, text)
    root = _parse(text)
    if _depth(root) >= _PARSER_DEPTH:
        root = _parse(_flatten_source(text))
    if _COUNT(root) > MAX_ELEMENTS:
        raise NoArticle("too complex")
    lift_deep_nesting(root)
    return root


def _without_invisible(text: str) -> str:
    """Return text without characters that XML does not allow or readers do not see."""
    if _may_be_invalid(text):
        text = _INVALID.sub("", text)
    if "\u200b" in text or "\u200c" in text or "\u200d" in text:
        text = _USELESS_ZERO_WIDTH.sub("", text)
    return text


def _may_be_invalid(text: str) -> bool:
    """Return whether `_INVALID` finds something in a text, in a tenth of its time."""
    try:
        encoded = text.encode()
    except UnicodeEncodeError:  # a lone surrogate
        return True
    if len(encoded.translate(None, _CONTROLS)) < len(encoded):
        return True
    return not text.isascii() and (
        "\xad" in text or "\u2060" in text or "\ufeff" in text or "\ufffe" in text or "\uffff" in text
    )


def _needed_reference(match: re.Match[str]) -> str:
    """Return the reference to a zero-width character where the letter before it needs it, else nothing."""
    before = match.string[max(match.start() - 1, 0) : match.start()]
    return match[0] if not match["always"] and _JOINING_LETTER.match(before) else ""


def without_early_end(text: str) -> str:
    """Return mark-up without the ends of body and page if there is content behind them, which libxml2 would drop."""
    end = _END.search(text)
    if end and _CONTENT.search(text, end.end()):
        return _ENDS.sub("", text)
    return text


def _parse(text: str) -> HtmlElement:
    try:
        root = document_fromstring(text.encode("utf-8"), parser=_PARSER)
    except ParserError:
        raise NoArticle("empty") from None
    body = root.find("body")
    if body is None:  # a frameset, or a page that only forwards
        body = Element("body")
        root.append(body)
    _fill_body(root, body)
    return root


def _fill_body(root: HtmlElement, body: HtmlElement) -> None:
    """Move content out of the head: libxml2 does not know that the elements of HTML 5 begin the body."""
    head = root.find("head")
    strays = [element for element in head if element.tag not in _HEAD_TAGS] if head is not None else []
    if strays:
        body[:0] = strays
        if body.text and body.text.strip():  # it stood behind them
            strays[-1].tail = (strays[-1].tail or "") + body.text
            body.text = None


def _depth(root: HtmlElement) -> int:
    """Return the depth of the last element of the last element and so on: cheap, and exact for unclosed elements."""
    depth, element = 0, root
    while len(element):
        depth, element = depth + 1, element[-1]
    return depth


def _flatten_source(text: str) -> str:
    """Return the source without the tags of containers nested deeper than MAX_DEPTH; their content stays."""
    depth = 0

    def keep(match: re.Match[str]) -> str:
        nonlocal depth
        depth = max(0, depth - 1) if match[1] else depth + 1
        return " " if depth > MAX_DEPTH or (match[1] and depth == MAX_DEPTH) else match[0]

    return _NESTING.sub(keep, text)


def drop_invisible(root: HtmlElement) -> None:
    """Remove scripts, styles, templates and drawings. Metadata must have been read before."""
    strip_elements(root, "script", "style", "template", "svg", "iframe", "canvas", "object", with_tail=False)


def text_length(root: HtmlElement) -> int:
    """Return how many characters of text a page has, each run of white space counted as one."""
    return int(_TEXT_LENGTH(root))


def lift_deep_nesting(root: HtmlElement, limit: int = MAX_DEPTH) -> None:
    """Dissolve plain containers until no element is deeper than `limit`; their text and children stay in place.

    Wrappers of a single child are dissolved first, to keep the containers that separate lines of text.
    """
    if not root.xpath("/*" * (limit + 2)):
        return
    for element in list(root.iter(*_TRANSPARENT)):
        if len(element) == 1 and not (element.text or "").strip() and not (element[0].tail or "").strip():
            element.drop_tag()
    for element in _too_deep(root, limit):
        element.drop_tag()


def _too_deep(root: HtmlElement, limit: int) -> list[HtmlElement]:
    """Return the elements deeper than `limit` once those above are dissolved; paragraphs, breaks and images stay."""
    found = []
    stack: list[tuple[HtmlElement, int]] = [(root, 0)]
    while stack:
        element, depth = stack.pop()
        dissolved = depth > limit and element.tag not in {"p", "br", "img"}
        if dissolved:
            found.append(element)
        stack.extend((child, depth if dissolved else depth + 1) for child in element)
    return found


def fold(text: str) -> str:
    """Return `text` with each run of white space as one space, none at the ends, and without invisible characters."""
    return " ".join((text if text.isascii() else _without_invisible(text)).split())


def classes(element: HtmlElement) -> str:
    """Return `class` and `id` of an element in lower case, separated by a space."""
    return f"{element.get('class') or ''} {element.get('id') or ''}".lower()
