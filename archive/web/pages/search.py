"""The search page: a search box, facets and hits with snippets; and the same as JSON."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from itertools import groupby
from typing import Any, Literal

from datasette.utils.asgi import Response
from sqlite_utils import Database

from archive.errors import ArchiveError
from archive.export import FORMATS
from archive.retrieval import past_revisions
from archive.retrieval.advice import Offer, complaints, offers
from archive.retrieval.engine import Results, search
from archive.retrieval.facets import Facets, facets, facets_of
from archive.retrieval.hits import Hit
from archive.storage.gone_pages import any_gone
from archive.web.responses import ArchiveRequest, archive_view, is_archive
from archive.web.search_params import MAX_HITS, SearchParams, parse_params
from archive.web.translation import gettext, translated
from archive.web.wording import count_results, filter_name, query_syntax, value_name

YEARS = 5  # of a range of years
SHOWN = 8  # values of a facet that are shown at once; the others are collapsed
ELSEWHERE = ("site", "language", "source")  # filters that the pages of changes and trends take over
JOINT = "/-/search"  # path of the search in all archives that are served
FACETS = (
    "site", "language", "year", "source", "references", "reference_count", "retracted", "doubtful", "design",
    "subjects",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class FacetValue:
    """A value of a facet: its name, the number of results with it, and the URL of the search with it."""

    name: str
    count: int
    url: str


@dataclass(frozen=True, slots=True)
class Facet:
    """A facet: its heading and its values; `chosen` if one of them is set as a filter."""

    name: str
    heading: str
    values: tuple[FacetValue, ...]
    chosen: bool

    @property
    def first(self) -> tuple[FacetValue, ...]:
        """The values that are shown at once."""
        return self.values[:SHOWN]

    @property
    def others(self) -> tuple[FacetValue, ...]:
        """The values that are collapsed."""
        return self.values[SHOWN:]


async def search_page(request: ArchiveRequest) -> Response:
    """Return a page of the results of a query and its filters."""
    params = parse_params(request.args)
    results, counted, gone = await request.read(lambda db: (*find(db, params), any_gone(db)))
    unknown, offered = await request.read(lambda db: advice(db, params, results))
    collections, complaint = await _collections(request)
    here = request.link("search")
    context = {
        **shown_search(params, results, counted, here, request.link("search.json")),
        "joint": False,
        "joint_search": request.datasette.urls.path(JOINT) if await has_others(request) else None,
        "link_of": lambda _: request.link,
        "unknown": unknown,
        "offers": [(translated(offer.change), offer.total, here + offered_query(params, offer)) for offer in offered],
        "any_gone": gone,
        "elsewhere": {"q": params.q} | {name: params.filters[name] for name in ELSEWHERE if name in params.filters},
        "exports": [
            (
                gettext("The articles"),
                [
                    *export_links(request, params, "articles", ""),
                    (gettext("CSV for Excel"), request.link("search.excel.csv") + params.query_string()),
                ],
            ),
            (gettext("Citations of the articles"), export_links(request, params, "works", "articles.")),
            (gettext("The works they cite"), export_links(request, params, "works", "")),
        ],
        "feed": request.link("search.atom") + params.query_string(sort="rank"),
        "collections": collections,
        "notes_complaint": complaint,
    }
    return await request.html("search.html", context)


def shown_search(params: SearchParams, results: Results, counted: Facets, here: str, json: str) -> dict[str, Any]:
    """Return what the template shows of any search; `here` and `json` are the URLs of the page and of its JSON."""
    return {
        "here": "search",
        "params": params,
        "results": results,
        "result_count": count_results(results),
        "facets": list(shown_facets(params, counted, here)),
        "counted": counted,
        "chips": chips(params, here),
        "kept": params.query(q="", since="", until="", source="", cites="", gone="", revisions=""),
        "pages": last_page(params, results),
        "json": json + params.query_string(page=params.page),
        "language": query_syntax(),
        "hit_path": hit_path,
    }


async def has_others(request: ArchiveRequest) -> bool:
    """Return whether other archives are served beside this one."""
    others = [each for each in request.datasette.databases.values() if each.name != request.database.name]
    return any([await each.execute_fn(is_archive) for each in others])


async def _collections(request: ArchiveRequest) -> tuple[list[str] | None, str | None]:
    """Return the names of the collections that the user may add to, None where there are none to add to, and why they
    cannot be read."""
    access = await request.notes()
    if access is None or not access.may_write:
        return None, None
    try:
        return await access.read(lambda notes: [each.name for each in notes.collections()]), None
    except ArchiveError as error:  # the search goes on without
        return None, translated(error.args[0])


def export_links(request: ArchiveRequest, params: SearchParams, content: str, before: str) -> list[tuple[str, str]]:
    """Return the titles and URLs of the search's files in the formats of `content`; `before` begins their endings."""
    return [
        (each.title, request.link(f"search.{before}{each.extension}") + params.query_string())
        for each in FORMATS.values()
        if each.content == content
    ]


async def search_json(request: ArchiveRequest) -> Response:
    """Return the same as JSON; docs/browsing.md describes the fields."""
    params = parse_params(request.args)
    results, counted = await request.read(lambda db: find(db, params))
    hits = [hit_object(request, hit) for hit in results.hits]
    return request.json(as_object(request, params, results, counted, hits, request.link("search.json")))


def find(db: Database, params: SearchParams) -> tuple[Results, Facets]:
    """Return a page of hits, and the facets of all hits."""
    filters = params.to_filters()
    if params.past_revisions:
        found = past_revisions.find(db, params.q, filters)
        order: Literal["rank", "date"] = "date" if params.sort == "date" else "rank"
        page = past_revisions.results(db, found, sort=order, limit=params.size, offset=params.offset)
        return page, facets_of(db, found.articles)
    results = search(
        db, params.q, copies=params.all_copies, sort=params.sort, limit=params.size, offset=params.offset, **filters
    )
    return results, facets(db, params.q, **filters)


def advice(db: Database, params: SearchParams, results: Results) -> tuple[list[str], list[Offer]]:
    """Return sentences on what the archive does not have, and wider searches if there are no results."""
    filters = params.to_filters()
    needed = not (results.total or params.past_revisions)
    return complaints(db, params.q, filters), offers(db, params.q, filters) if needed else []


def offered_query(params: SearchParams, offer: Offer) -> str:
    """Return the query string of an offered search."""
    dates = any(offer.filters.get(name) for name in ("since", "until"))
    kept = {"year", "since", "until"} if dates else set()
    dropped = {name: "" for name in params.filters if name not in kept and name not in offer.filters}
    return params.query_string(q=offer.query, **dropped, revisions="yes" if offer.past_revisions else "")


def as_object(
    request: ArchiveRequest,
    params: SearchParams,
    results: Results,
    counted: Facets,
    hits: list[dict[str, Any]],
    here: str,
) -> dict[str, Any]:
    """Return the content of /-/search.json, whose path is `here`."""
    last = last_page(params, results)
    next_url = here + params.query_string(page=params.page + 1) if params.page < last else None
    return {
        "query": params.q,
        "filters": params.filters,
        "revisions": params.past_revisions,
        "copies": params.all_copies,
        "sort": params.sort,
        "page": params.page,
        "size": params.size,
        "total": results.total,
        "more": results.more,
        "note": results.note,
        "complaints": list(params.complaints),
        "hits": hits,
        "facets": {name: dict(values) for name, values in counted.counts.items()},
        "counted": counted.counted,
        "next": next_url and request.absolute(next_url),
    }


def hit_object(request: ArchiveRequest, hit: Hit) -> dict[str, Any]:
    """Return a hit for JSON; its texts are lists of [text, is_hit], so that no program has to remove marks."""
    shown = asdict(hit)
    shown["title_segments"], shown["segments"] = map(list, (hit.title_segments, hit.segments))
    shown["snippet"] = "".join(text for text, _ in hit.segments)
    return shown | {"archive_url": request.absolute(request.link(hit_path(hit)))}


def hit_path(hit: Hit) -> str:
    """Return the path of the page of a hit: its article, or the past revision that matches."""
    return f"article/{hit.id}/revision/{hit.revision}" if hit.revision else f"article/{hit.id}"


def last_page(params: SearchParams, results: Results) -> int:
    """Return the number of the last page, within MAX_HITS; 1 if there are no results."""
    return max(1, -(-min(results.total, MAX_HITS) // params.size))


def chips(params: SearchParams, here: str) -> list[tuple[str, str, str]]:
    """Return the filters that are set, as tuples of name, value and the URL of the search without it."""
    found = [
        (filter_name(name), value_name(name, value), here + params.query_string(**{name: ""}))
        for name, value in params.filters.items()
    ]
    if params.past_revisions:
        found.append(
            (gettext("Earlier versions"), gettext("text no longer there"), here + params.query_string(revisions=""))
        )
    if params.copies:
        found.append((gettext("Copies"), gettext("shown one by one"), here + params.query_string(copies="")))
    return found


def shown_facets(params: SearchParams, counted: Facets, here: str) -> Iterator[Facet]:
    """Yield the facets that have values; years are sorted by year, the others by number."""
    is_range = params.references not in ("", "yes", "no")
    for name in FACETS:
        counts = counted.counts.get(name, ())
        if name == "reference_count":
            yield from _reference_ranges(params, counts, here, chosen=is_range)
            continue
        if name == "references" and is_range:
            continue
        chosen = getattr(params, name)
        if name == "year":
            counts = tuple(sorted(counts, reverse=True))
        values = tuple(
            FacetValue(value_name(name, value), count, here + params.query_string(**{name: "" if chosen else value}))
            for value, count in counts
            if value
        )
        if name == "year" and len(values) > SHOWN and not params.filters.keys() & {"year", "since", "until"}:
            yield Facet("years", gettext("Published between"), tuple(_year_ranges(params, counts, here)), chosen=False)
        if values:
            yield Facet(name, filter_name(name), values, bool(chosen))


def _reference_ranges(
    params: SearchParams, counts: Iterable[tuple[str, int]], here: str, *, chosen: bool
) -> Iterator[Facet]:
    """Yield the facet of how many references articles have, where there is a choice or one is chosen."""
    name = "reference_count"
    values = tuple(
        FacetValue(value_name(name, value), number, here + params.query_string(references="" if chosen else value))
        for value, number in counts
        if chosen or value != "0"  # which is "no references"
    )
    if chosen or len(values) > 1:
        yield Facet(name, filter_name(name), values, chosen)


def _year_ranges(params: SearchParams, counts: Iterable[tuple[str, int]], here: str) -> Iterator[FacetValue]:
    """Yield ranges of YEARS years that have results; `counts` are years with their numbers, sorted by year."""
    for start, years in groupby(counts, lambda each: int(each[0]) // YEARS * YEARS):
        since, until = f"{start:04}", f"{start + YEARS - 1:04}"
        number = sum(number for _, number in years)
        yield FacetValue(
            gettext("%(first)s to %(last)s", first=since, last=until),
            number,
            here + params.query_string(since=since, until=until),
        )


ROUTES = [
    (r"^/(?P<database>[^/]+)/-/search$", archive_view(search_page)),
    (r"^/(?P<database>[^/]+)/-/search\.json$", archive_view(search_json)),
]
