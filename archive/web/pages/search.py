"""The search page: one box, facets, hits with their passages; and the same as JSON."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from datasette.utils.asgi import Response
from sqlite_utils import Database

from archive.retrieval import past_revisions
from archive.retrieval.engine import Results, search
from archive.retrieval.facets import Facets, facets, facets_of
from archive.retrieval.hits import Hit
from archive.storage.gone_pages import any_gone
from archive.web.exports import FORMATS
from archive.web.responses import Served, archive_view
from archive.web.search_params import DEEPEST, Asked, read
from archive.web.wording import NAMES, how_many, query_language, value_name

SHOWN = 8  # values of a facet that are shown at once; the others are folded away
FACETS = ("site", "language", "year", "source", "references", "retracted")


@dataclass(frozen=True, slots=True)
class Value:
    """A value of a facet: its name, the number of results with it, and where a click on it leads."""

    name: str
    count: int
    url: str


@dataclass(frozen=True, slots=True)
class Facet:
    """A facet as shown: its heading and its values, of which the first ones are seen at once."""

    name: str
    heading: str
    values: tuple[Value, ...]
    chosen: bool

    @property
    def first(self) -> tuple[Value, ...]:
        """The values that are seen at once."""
        return self.values[:SHOWN]

    @property
    def others(self) -> tuple[Value, ...]:
        """The values that are folded away."""
        return self.values[SHOWN:]


async def search_page(served: Served) -> Response:
    """What a query and its filters find, a page of it."""
    asked = read(served.request.args)
    results, counted, gone = await served.read(lambda db: (*find(db, asked), any_gone(db)))
    here = served.link("search")
    context = {
        "here": "search",
        "asked": asked,
        "results": results,
        "how_many": how_many(results),
        "facets": list(shown_facets(asked, counted, here)),
        "counted": counted,
        "chips": chips(asked, here),
        "kept": asked.query(q="", since="", until="", source="", cites="", gone="", revisions=""),
        "any_gone": gone,
        "pages": last_page(asked, results),
        "exports": [(kind, served.link(f"search.{ending}") + asked.query_string()) for ending, kind in FORMATS.items()],
        "json": served.link("search.json") + asked.query_string(page=asked.page),
        "feed": served.link("search.atom") + asked.query_string(sort="rank"),
        "language": query_language(),
        "hit_path": hit_path,
    }
    return await served.html("search.html", context)


async def search_json(served: Served) -> Response:
    """The same for programs; the fields are described in docs/browsing.md."""
    asked = read(served.request.args)
    results, counted = await served.read(lambda db: find(db, asked))
    return served.json(as_object(served, asked, results, counted))


def find(db: Database, asked: Asked) -> tuple[Results, Facets]:
    """A page of hits, and the facets of all of them."""
    narrowing = asked.narrowing()
    if asked.earlier:
        found = past_revisions.find(db, asked.q, narrowing)
        page = past_revisions.results(db, found, sort=asked.sort, limit=asked.size, offset=asked.offset)
        return page, facets_of(db, found.articles)
    results = search(
        db, asked.q, copies=asked.every_copy, sort=asked.sort, limit=asked.size, offset=asked.offset, **narrowing
    )
    return results, facets(db, asked.q, **narrowing)


def as_object(served: Served, asked: Asked, results: Results, counted: Facets) -> dict[str, Any]:
    """The answer of /-/search.json."""
    last = last_page(asked, results)
    following = served.link("search.json") + asked.query_string(page=asked.page + 1) if asked.page < last else None
    return {
        "query": asked.q,
        "filters": asked.filters,
        "revisions": asked.earlier,
        "copies": asked.every_copy,
        "sort": asked.sort,
        "page": asked.page,
        "size": asked.size,
        "total": results.total,
        "more": results.more,
        "note": results.note,
        "complaints": list(asked.complaints),
        "hits": [hit_object(served, hit) for hit in results.hits],
        "facets": {name: dict(values) for name, values in counted.counts.items()},
        "counted": counted.counted,
        "next": following and served.absolute(following),
    }


def hit_object(served: Served, hit: Hit) -> dict[str, Any]:
    """A hit for programs: texts as pieces [text, is it a hit], so that nobody has to undo marks."""
    shown = asdict(hit)
    shown["title_segments"], shown["segments"] = map(list, (hit.title_segments, hit.segments))
    shown["snippet"] = "".join(text for text, _ in hit.segments)
    return shown | {"archive_url": served.absolute(served.link(hit_path(hit)))}


def hit_path(hit: Hit) -> str:
    """Where a hit is read: its article, or the revision that it is in."""
    return f"article/{hit.id}/revision/{hit.revision}" if hit.revision else f"article/{hit.id}"


def last_page(asked: Asked, results: Results) -> int:
    """The number of the last page that can be turned to, 1 if there is nothing."""
    return max(1, -(-min(results.total, DEEPEST) // asked.size))


def chips(asked: Asked, here: str) -> list[tuple[str, str, str]]:
    """The filters that are set: name, value, and the address of the search without it."""
    made = [
        (NAMES[name], value_name(name, value), here + asked.query_string(**{name: ""}))
        for name, value in asked.filters.items()
    ]
    if asked.earlier:
        made.append(("Earlier versions", "text no longer there", here + asked.query_string(revisions="")))
    if asked.copies:
        made.append(("Copies", "shown one by one", here + asked.query_string(copies="")))
    return made


def shown_facets(asked: Asked, counted: Facets, here: str) -> Iterator[Facet]:
    """The facets with something to choose, years in their own order."""
    for name in FACETS:
        counts = counted.counts.get(name, ())
        chosen = getattr(asked, name)
        if name == "year":
            counts = tuple(sorted(counts, reverse=True))
        values = tuple(
            Value(value_name(name, value), count, here + asked.query_string(**{name: "" if chosen else value}))
            for value, count in counts
            if value
        )
        if values:
            yield Facet(name, NAMES[name], values, bool(chosen))


ROUTES = [
    (r"^/(?P<database>[^/]+)/-/search$", archive_view(search_page)),
    (r"^/(?P<database>[^/]+)/-/search\.json$", archive_view(search_json)),
]
