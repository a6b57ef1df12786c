"""trafilatura's extractor of the body, with its expressions for unwanted elements asked once for each kind of element.

lxml calls Python for each regular expression in an XPath expression and each element: two fifths of the extractor's
time. Whether these expressions select an element depends on its tag and a few of its attributes only, so the answer for
one element holds for all that have the same. All steps and all expressions stay trafilatura's.
"""

import itertools
import re
import threading
from collections.abc import Callable, Collection, Iterable
from functools import partial
from importlib.util import module_from_spec
from types import ModuleType

from lxml.etree import Element, SubElement, XPath, _Element
from lxml.html import HtmlElement
from trafilatura import core, external, main_extractor
from trafilatura.settings import Document, Extractor

# The lists of expressions in trafilatura's module. Those for the content itself are left out: their places count.
_LISTS = ("OVERALL_DISCARD_XPATH", "DISCARD_IMAGE_ELEMENTS", "TEASER_DISCARD_XPATH", "PRECISION_DISCARD_XPATH")
# Kinds of elements that are remembered from page to page, and characters of the longest.
_MOST, _LONGEST = 4_096, 300
_STRING = re.compile("'[^']*'")
_ATTRIBUTE = re.compile(r"@([\w-]+)")
_TAG = re.compile(r"(?:self::|//)(\w+)")
_COUNT = XPath("count(descendant::*)")
_OTHER = "b"  # stands for all tags that no expression names

_Kind = tuple[str | tuple[str, str], ...]


class CachedExpressions:
    """Selects what each of several XPath expressions selects.

    An expression may look only at the tag and the attributes of the elements it selects.
    """

    def __init__(self, expressions: Iterable[XPath]) -> None:
        self._expressions = tuple(expressions)
        paths = [_STRING.sub("", expression.path) for expression in self._expressions]
        self._names = frozenset(name for path in paths for name in _ATTRIBUTE.findall(path))
        self._tags = frozenset(tag for path in paths for tag in _TAG.findall(path))
        self._known: dict[_Kind, int] = {}
        self._last = threading.local()
        # Most elements have none of the attributes, and no tag that is selected without one.
        bare = [kind[0] for kind, numbers in self._ask([(tag,) for tag in (*self._tags, _OTHER)]).items() if numbers]
        conditions = [f"@{name}" for name in sorted(self._names)] + [f"self::{tag}" for tag in sorted(map(str, bare))]
        self._candidates = XPath(f"descendant::*[{' or '.join(conditions)}]")

    def select(self, number: int, tree: _Element) -> list[_Element]:
        """Return the elements below `tree` that expression `number` selects, in document order.

        The first expression reads the tree anew; until then it may lose elements, but not gain or change any.
        """
        if number == 0 or getattr(self._last, "tree", None) is not tree:
            self._last.tree, self._last.found = tree, self._read(tree)
        found = [element for element, numbers in self._last.found if numbers >> number & 1]
        return found if number == 0 else [element for element in found if tree in element.iterancestors()]

    def forget_tree(self) -> None:
        """Let go of the last tree."""
        self._last.tree = self._last.found = None

    def _read(self, tree: _Element) -> list[tuple[_Element, int]]:
        """Return the elements that any expression selects, each with the numbers of its expressions as bits."""
        names, tags = self._names, self._tags
        if len(self._known) > _MOST:
            self._known.clear()
        known = self._known
        kinds: list[tuple[_Element, _Kind, int | None]] = []
        for element in self._candidates(tree):
            tag = element.tag if element.tag in tags else _OTHER
            kind = (tag, *[item for item in element.items() if item[0] in names])
            kinds.append((element, kind, known.get(kind)))
        new = self._ask({kind for _, kind, numbers in kinds if numbers is None})
        found = [(element, new[kind] if numbers is None else numbers) for element, kind, numbers in kinds]
        return [(element, numbers) for element, numbers in found if numbers]

    def _ask(self, kinds: Collection[_Kind]) -> dict[_Kind, int]:
        """Return the numbers for each of some kinds of elements, and remember those of short kinds."""
        if not kinds:
            return {}
        root = Element("root")
        elements = {SubElement(root, str(kind[0]), dict(kind[1:])): kind for kind in kinds}  # type: ignore[arg-type]
        found = dict.fromkeys(elements.values(), 0)
        for number, expression in enumerate(self._expressions):
            for element in expression(root):
                found[elements[element]] |= 1 << number
        self._known |= {kind: numbers for kind, numbers in found.items() if len(str(kind)) <= _LONGEST}
        return found


class _UnchangedTrees:
    """Passes by the second of trafilatura's two rounds of link density tests where the first has removed nothing."""

    def __init__(self, delete: Callable[..., _Element]) -> None:
        self._delete = delete
        self._last = threading.local()

    def delete_by_link_density(self, tree: _Element, tag: str, **options: bool) -> _Element:
        """Return the tree without elements of a tag that are mostly links, as trafilatura's function of that name."""
        count = _COUNT(tree)
        if getattr(self._last, "tree", None) is not tree:
            self._last.tree, self._last.counts = tree, {}
        if self._last.counts.get(tag) == count:
            return tree
        self._last.counts[tag] = count
        return self._delete(tree, tag, **options)

    def forget_tree(self) -> None:
        """Let go of the last tree."""
        self._last.tree = None


def _second_instance(module: ModuleType) -> ModuleType:
    """Return another instance of a module, in which names may be bound anew without a change for others."""
    spec = module.__spec__
    if spec is None or spec.loader is None:
        raise ImportError(module.__name__)
    instance = module_from_spec(spec)
    spec.loader.exec_module(instance)
    return instance


def _cache_lists(module: ModuleType, names: Iterable[str]) -> CachedExpressions:
    """Bind lists of expressions in a module anew, so that they are asked once for each kind of element."""
    lists = {name: list(getattr(module, name)) for name in names}
    cached = CachedExpressions(expression for expressions in lists.values() for expression in expressions)
    numbers = itertools.count()
    for name, expressions in lists.items():
        setattr(module, name, [partial(cached.select, next(numbers)) for _ in expressions])
    return cached


def _extractor_module() -> tuple[ModuleType, CachedExpressions, _UnchangedTrees]:
    """Return a second instance of trafilatura's module, and what takes the place of its expressions and tests there."""
    module = _second_instance(main_extractor)
    cached = _cache_lists(module, _LISTS)
    unchanged = _UnchangedTrees(module.delete_by_link_density)

    def select_first(tree: _Element) -> list[_Element]:
        unchanged.forget_tree()  # trafilatura begins anew, and has renamed elements since
        return cached.select(0, tree)

    getattr(module, _LISTS[0])[0] = select_first
    setattr(module, "delete_by_link_density", unchanged.delete_by_link_density)  # noqa: B010 (as below)
    return module, cached, unchanged


_MODULE, _CACHED, _UNCHANGED = _extractor_module()
_EXTRACT: Callable[[_Element, Extractor], tuple[_Element, str]] = _MODULE.extract_content
_EXTERNAL = _second_instance(external)
_CACHED_EXTERNAL = _cache_lists(_EXTERNAL, _LISTS[:1])
_COMPARE: Callable[..., tuple[_Element, str]] = _EXTERNAL.compare_extraction
try_justext: Callable[[HtmlElement, str | None, str | None], _Element] = _EXTERNAL.try_justext
_CORE = _second_instance(core)
setattr(_CORE, "extract_content", _EXTRACT)  # noqa: B010 (a module has no such attribute for type checkers)
for _name in ("compare_extraction", "justext_rescue"):  # jusText's words are loaded by one instance only
    setattr(_CORE, _name, getattr(_EXTERNAL, _name))
_BARE: Callable[..., Document | None] = _CORE.bare_extraction


def extract_content(tree: _Element, options: Extractor) -> tuple[_Element, str]:
    """Return what trafilatura's `extract_content` returns: the body that it finds in a cleaned tree, and its text."""
    try:
        return _EXTRACT(tree, options)
    finally:
        _forget_trees()


def compare_extraction(
    cleaned: HtmlElement, tree: HtmlElement, body: _Element, text: str, options: Extractor
) -> tuple[_Element, str]:
    """Return what trafilatura's `compare_extraction` returns: a body, or that of readability or jusText, and its text.

    `cleaned` is the tree as jusText reads it, `tree` as readability does.
    """
    try:
        return _COMPARE(cleaned, tree, body, text, options)
    finally:
        _CACHED_EXTERNAL.forget_tree()


def bare_extraction(tree: HtmlElement, url: str, options: Extractor) -> Document | None:
    """Return what trafilatura's `bare_extraction` returns: all of its extractors compared."""
    try:
        return _BARE(tree, url=url, options=options)
    finally:
        _forget_trees()


def _forget_trees() -> None:
    _CACHED.forget_tree()
    _CACHED_EXTERNAL.forget_tree()
    _UNCHANGED.forget_tree()
