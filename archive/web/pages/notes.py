"""The pages of notes: all collections and tags, the articles of one, a note, and the forms that write them."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode

from datasette.utils.asgi import Response
from sqlite_utils import Database

from archive.articles.lookup import find_article, load
from archive.errors import NotStoredError
from archive.notes import ArticleName, Note, NotedArticle, Notes, RefusedError, Studies
from archive.notes.export import FORMATS
from archive.notes.models import Change
from archive.notes.passages import select
from archive.notes.reading import article_name, article_names, locate, seen_at
from archive.notes.studies import AGREED
from archive.notes.study import Study
from archive.retrieval import past_revisions
from archive.retrieval.engine import matching
from archive.text.messages import message
from archive.web.notes_requests import NotesRequest, notes_view
from archive.web.search_params import MAX_HITS, parse_params

LATEST = 10  # changes on the page of all notes
BY_EXTENSION = {each.extension: each for each in FORMATS.values()}
FILES = [(each.title, each.extension) for each in FORMATS.values()]


async def overview(request: NotesRequest) -> Response:
    """Return the page of all collections, tags and studies."""

    def read(notes: Notes) -> dict[str, Any]:
        return {
            "collections": notes.collections(),
            "tags": notes.tags(),
            "studies": Studies(notes).studies(),
            "changes": notes.history("note", limit=LATEST),
            "noted": len(notes.articles()),
        }

    return await request.html("notes.html", {**await request.access.read(read), "files": FILES})


async def listed(request: NotesRequest) -> Response:
    """Return the page of a collection, of a tag, or of all articles that something was written about."""
    number = request.archive.url_vars.get("collection")
    tag = request.archive.args.get("tag")

    def read(notes: Notes) -> tuple[Any, list[NotedArticle]]:
        collection = notes.collection(int(number)) if number else None
        return collection, notes.articles(collection=int(number) if number else None, tag=tag)

    collection, articles = await request.access.read(read)
    ids = await request.archive.read(lambda db: _ids(db, [each.name.url for each in articles]))
    query = {key: str(value) for key, value in (("collection", number), ("tag", tag)) if value}
    context = {
        "collection": collection,
        "tag": tag,
        "articles": [(each, ids.get(each.name.url)) for each in articles],
        "files": FILES,
        "query": f"?{urlencode(query)}" if query else "",
    }
    return await request.html("notes_articles.html", context)


async def note_page(request: NotesRequest) -> Response:
    """Return the page of a note, with its history."""
    note_id = request.archive.url_vars["note"]

    def read_note(notes: Notes) -> tuple[Note, list[Change], str]:
        note = notes.note(note_id)
        (about,) = notes.articles(url=note.url)
        return note, notes.history("note", note_id), about.name.title or note.url

    note, history, title = await request.access.read(read_note)

    found, ids = await request.archive.read(lambda db: (locate(db, note), _ids(db, [note.url])))
    article_id = ids.get(note.url)
    context = {"note": note, "history": history, "title": title, "found": found, "article": article_id}
    return await request.html("note.html", context)


async def history_page(request: NotesRequest) -> Response:
    """Return the page of everything that was written, newest first."""

    def read(notes: Notes) -> list[tuple[Change, str, list[str]]]:
        titles = {each.name.url: each.name.title or each.name.url for each in notes.articles()}
        studies = {study.id: study for study in Studies(notes).studies()}
        return [
            (change, _kind(change), [part for part in _parts(change, titles, studies) if part])
            for change in notes.history(limit=500)
        ]

    return await request.html("notes_history.html", {"changes": await request.access.read(read)})


def _kind(change: Change) -> str:
    return "settled" if change.kind == "coding" and change.item.endswith(f"/{AGREED}") else change.kind


def _parts(change: Change, titles: Mapping[str, str], studies: Mapping[int, Study]) -> list[str]:
    """Return what a line of the history is about; of answers only the article, since coders are blind."""
    content = change.content
    if change.kind in ("coding", "finished"):
        number, *rest = change.item.split("/")
        study = studies[int(number)]
        return [study.name, *(study.article(int(position)).name.title for position in rest[:1])]
    if change.kind == "tag":
        return [content["tag"], titles.get(change.item, change.item)]
    if change.kind in ("note", "member"):
        url = content["url"]
        return [content.get("body", ""), content.get("passage") or "", titles.get(url, url)]
    return [content["name"], content.get("description", "")]


async def export(request: NotesRequest) -> Response:
    """Return notes as a file: all, those of a collection or of a tag."""
    number, tag = request.archive.args.get("collection"), request.archive.args.get("tag")
    if number and not (number.isdecimal() and len(number) < 19):  # what SQLite holds
        raise RefusedError(message("A collection is named by its number here."))
    chosen = BY_EXTENSION[request.archive.url_vars["ending"]]
    found = await request.access.read(lambda notes: notes.articles(collection=int(number) if number else None, tag=tag))
    return request.download("".join(chosen.write(found)), f"notes.{chosen.extension}", chosen.media_type)


# Forms


async def make_collection(request: NotesRequest) -> Response:
    """Make a collection."""
    made = await request.access.write(
        lambda notes: notes.create_collection(request.field("name"), request.access.actor, request.field("description"))
    )
    return request.see(f"notes/collection/{made.id}")


async def change_collection(request: NotesRequest) -> Response:
    """Rename, describe or delete a collection, or take an article out of it."""
    number, actor = request.variable("collection"), request.access.actor
    if out := request.field("out"):
        await request.access.write(lambda notes: notes.take_out(number, out, actor))
    elif request.field("delete"):
        version = request.number("version")
        await request.access.write(lambda notes: notes.delete_collection(number, version, actor))
        return request.see("notes")
    else:
        name, description, version = request.field("name"), request.field("description"), request.number("version")
        await request.access.write(lambda notes: notes.change_collection(number, version, name, description, actor))
    return request.see(f"notes/collection/{number}")


async def set_aside(request: NotesRequest) -> Response:
    """Set articles aside: those that are ticked, or all of a search."""
    is_search, query = bool(request.field("all")), request.field("search")
    ids = [int(each) for each in request.form.get("article", ()) if each.isdecimal() and len(each) < 19]
    if not is_search and not ids:
        raise RefusedError(message("No article was ticked: tick some, or set aside all results."))
    names = await request.archive.read(lambda db: list(article_names(db, _found(db, query) if is_search else ids)))
    searched = dict(parse_qsl(query)).get("q", "") if is_search else ""
    collection = request.field("collection")

    def write(notes: Notes) -> int:
        notes.set_aside(collection, names, request.access.actor, searched)
        return notes.collection(" ".join(collection.split())).id

    number = await request.access.write(write)
    if request.field("back"):
        return request.see(f"article/{ids[0]}", fragment="#collections")
    return request.see(f"notes/collection/{number}")


async def tag_article(request: NotesRequest) -> Response:
    """Give a tag to an article, or take one away."""
    article_id, actor = request.number("article"), request.access.actor
    name = await request.archive.read(lambda db: article_name(db, article_id))
    if gone := request.field("remove"):
        await request.access.write(lambda notes: notes.untag(name.url, gone, actor))
    else:
        tags = [tag for tag in request.field("tag").replace("，", ",").split(",") if tag.strip()]
        if not tags:
            raise RefusedError(message("%(what)s needs a name.", what=message("A tag")))
        await request.access.write(lambda notes: notes.tag([name], tags, actor))
    return request.see(f"article/{article_id}", fragment="#tags")


async def write_note(request: NotesRequest) -> Response:
    """Write a note on an article, or on a passage of it."""
    article_id, revision = request.number("article"), request.number("revision")
    words, before = request.field("passage").strip(), request.field("before")

    def read(db: Database) -> tuple[ArticleName, str, str]:
        stored = load(db, article_id, revision)
        return article_name(db, article_id, revision), stored.article.text, seen_at(db, article_id, revision)

    name, text, seen = await request.archive.read(read)
    passage = select(text, words, int(before) if before.isdecimal() and len(before) < 10 else None) if words else None
    if words and passage is None:
        raise RefusedError(message("The text of this article has no such passage: copy it from the text as it stands."))
    body, actor = request.field("body"), request.access.actor
    note = await request.access.write(lambda notes: notes.write_note(name, body, actor, passage=passage, seen_at=seen))
    return request.see(f"article/{article_id}/revision/{revision}", fragment=f"#note-{note.id}")


async def change_note(request: NotesRequest) -> Response:
    """Change or delete a note."""
    note_id, version, actor = request.archive.url_vars["note"], request.number("version"), request.access.actor
    if request.field("delete"):
        url = await request.access.read(lambda notes: notes.note(note_id).url)
        await request.access.write(lambda notes: notes.delete_note(note_id, version, actor))
        return await _back_to_article(request, url)
    note = await request.access.write(lambda notes: notes.change_note(note_id, version, request.field("body"), actor))
    return await _back_to_article(request, note.url, f"#note-{note_id}")


async def _back_to_article(request: NotesRequest, url: str, fragment: str = "#notes") -> Response:
    ids = await request.archive.read(lambda db: _ids(db, [url]))
    return request.see(f"article/{ids[url]}", fragment=fragment) if url in ids else request.see("notes")


def _ids(db: Database, urls: Iterable[str]) -> dict[str, int]:
    """Return the numbers in the archive of the articles that it has, by URL."""
    found = {}
    for url in urls:
        try:
            found[url] = find_article(db, url)
        except NotStoredError:
            continue  # the page names it without a link
    return found


def _found(db: Database, query: str) -> list[int]:
    """Return the articles that a search finds, given as the query string of its page. Raises RefusedError."""
    params = parse_params(dict(parse_qsl(query)))
    filters = params.to_filters()
    if params.past_revisions:
        ids = list(past_revisions.find(db, params.q, filters).articles)
    else:
        ids = matching(db, params.q, copies=params.all_copies, **filters)
    if len(ids) > MAX_HITS:
        raise RefusedError(
            message(
                "The search finds %(number)s articles: %(most)s at most are set aside at once.",
                number=len(ids),
                most=MAX_HITS,
            )
        )
    return ids


_NOTES = r"^/(?P<database>[^/]+)/-/notes"
_COLLECTION = rf"{_NOTES}/collection/(?P<collection>[0-9]{{1,15}})$"
_NOTE = rf"{_NOTES}/note/(?P<note>[0-9a-f-]{{36}})$"
ROUTES: list[tuple[str, Callable[..., Any]]] = [
    (rf"{_NOTES}$", notes_view(overview)),
    (rf"{_NOTES}/articles$", notes_view(listed)),
    (rf"{_NOTES}/history$", notes_view(history_page)),
    (rf"{_NOTES}/export\.(?P<ending>{'|'.join(BY_EXTENSION)})$", notes_view(export)),
    (_COLLECTION, notes_view(listed, change_collection)),
    (rf"{_NOTES}/collections$", notes_view(None, make_collection)),
    (rf"{_NOTES}/aside$", notes_view(None, set_aside)),
    (rf"{_NOTES}/tags$", notes_view(None, tag_article)),
    (rf"{_NOTES}/write$", notes_view(None, write_note)),
    (_NOTE, notes_view(note_page, change_note)),
]
