"""The pages of studies: their state, the form in which a coder answers, agreement, and disagreements."""

from collections.abc import Callable, Sequence
from typing import Any

from datasette.utils.asgi import Response
from sqlite_utils import Database

from archive.articles.lookup import StoredArticle, find_article, load
from archive.errors import NotStoredError
from archive.notes import Notes, RefusedError, Studies
from archive.notes.codebook import read as read_codebook
from archive.notes.codebook import shipped
from archive.notes.studies import AGREED
from archive.notes.study import Coding, Study, StudyArticle
from archive.notes.study_export import WRITERS
from archive.notes.study_results import Disagreement
from archive.text.messages import message
from archive.web.article_text import paragraphs, runs
from archive.web.notes_requests import NotesRequest, answers, notes_view

MEDIA_TYPES = {"csv": "text/csv", "json": "application/json"}


async def make_study(request: NotesRequest) -> Response:
    """Make a study of the articles that are in a collection."""
    own = request.field("toml").strip()
    codebook = own or read_codebook(_shipped_name(request.field("codebook")))
    coders = (request.field("coder_a"), request.field("coder_b"))
    number, name, adjudicator = request.number("collection"), request.field("name"), request.field("adjudicator")
    study = await request.access.write(
        lambda notes: Studies(notes).create(name, codebook, number, coders, request.access.actor, adjudicator)
    )
    return request.see(f"coding/{study.id}")


async def new_study(request: NotesRequest) -> Response:
    """Return the page with the form that makes a study."""
    collections = await request.access.read(lambda notes: notes.collections())
    chosen = request.archive.args.get("collection", "")
    context = {"collections": collections, "codebooks": list(shipped().values()), "chosen": chosen}
    return await request.html("coding_new.html", context)


async def study_page(request: NotesRequest) -> Response:
    """Return the page of a study: how far the coders are, and when both are done, their agreement."""

    def read(notes: Notes) -> dict[str, Any]:
        studies = Studies(notes)
        study = studies.study(request.variable("study"))
        actor = request.access.actor
        is_coder = actor in study.coders
        missing = {position for position, _ in studies.open_questions(study, actor)} if is_coder else set()
        context = {"study": study, "is_coder": is_coder, "is_done": actor in study.finished, "missing": missing}
        if study.is_open:
            results = studies.results(study)
            found = results.disagreements()
            context |= {
                "agreements": results.agreements(),
                "overall": results.overall(),
                "disagreements": found,
                "unsettled": sum(each.agreed is None for each in found),
                "may_settle": study.may_adjudicate(actor),
                "is_weighted": any(question.ordinal for question in study.codebook.questions),
            }
        return context

    return await request.html("coding.html", await request.access.read(read))


async def code_page(request: NotesRequest) -> Response:
    """Return the form in which a coder answers on an article."""
    position, actor = request.variable("position"), request.access.actor

    def read(notes: Notes) -> tuple[Study, StudyArticle, Coding]:
        studies = Studies(notes)
        study = studies.study(request.variable("study"))
        study.require_coder(actor)
        return study, study.article(position), studies.coding(study, position, actor)

    study, article, coding = await request.access.read(read)
    context: dict[str, Any] = {"study": study, "coding": coding, "others": {}, "is_closed": actor in study.finished}
    context |= _neighbours([each.position for each in study.articles], position)
    return await request.html("coding_article.html", context | await _shown(request, article))


async def save_answers(request: NotesRequest) -> Response:
    """Store a coder's answers on an article, and lead to the next one."""
    study, following = await _save(request, Studies.answer), request.variable("position") + 1
    return request.see(f"coding/{study.id}" + (f"/{following}" if following <= len(study.articles) else ""))


async def settle_page(request: NotesRequest) -> Response:
    """Return the form in which the answers to a disagreement are settled, with those of both coders."""
    position = request.variable("position")

    def read(notes: Notes) -> tuple[Study, StudyArticle, Coding, dict[str, Coding], list[Disagreement]]:
        studies = Studies(notes)
        study = studies.study(request.variable("study"))
        article = study.article(position)
        both = {coder: studies.coding(study, position, coder) for coder in study.coders}
        return study, article, studies.coding(study, position, AGREED), both, studies.results(study).disagreements()

    study, article, coding, both, disagreements = await request.access.read(read)
    context: dict[str, Any] = {
        "study": study,
        "coding": coding,
        "others": both,
        "differing": {each.question.name for each in disagreements if each.article == article},
        "is_closed": not study.may_adjudicate(request.access.actor),
        **_neighbours([each.article.position for each in disagreements], position),
    }
    return await request.html("coding_article.html", context | await _shown(request, article))


async def save_settled(request: NotesRequest) -> Response:
    """Store the answers that were settled on."""
    study = await _save(request, Studies.settle)
    return request.see(f"coding/{study.id}", fragment="#disagreements")


async def _save(
    request: NotesRequest, save: Callable[[Studies, Study, int, str, dict[str, str], int, str], Coding]
) -> Study:
    """Store the answers of a form by a method of Studies, and return the study."""
    number, position = request.variable("study"), request.variable("position")
    version, comment = request.number("version"), request.field("comment")

    def write(notes: Notes) -> Study:
        studies = Studies(notes)
        study = studies.study(number)
        save(studies, study, position, request.access.actor, answers(request.form), version, comment)
        return study

    return await request.access.write(write)


async def finish(request: NotesRequest) -> Response:
    """Declare the coder to be done."""
    number, actor = request.variable("study"), request.access.actor

    def write(notes: Notes) -> None:
        studies = Studies(notes)
        studies.finish(studies.study(number), actor)

    await request.access.write(write)
    return request.see(f"coding/{number}")


async def export(request: NotesRequest) -> Response:
    """Return the answers of a study as a file, when both coders are done."""
    ending = request.archive.url_vars["ending"]

    def read(notes: Notes) -> list[dict[str, object]]:
        studies = Studies(notes)
        return list(studies.results(studies.study(request.variable("study"))).rows())

    rows = await request.access.read(read)
    return request.download("".join(WRITERS[ending](rows)), f"coding.{ending}", MEDIA_TYPES[ending])


async def _shown(request: NotesRequest, article: StudyArticle) -> dict[str, Any]:
    """Return the text of an article as it was when the study was made, or as it is where the archive lacks that."""

    def read(db: Database) -> tuple[StoredArticle | None, bool]:
        try:
            article_id = find_article(db, article.name.url)
        except NotStoredError:
            return None, False
        row = db.execute(
            "select number from revisions where article_id = ? and content_hash = ? order by number desc limit 1",
            [article_id, article.name.content_hash],
        ).fetchone()
        return load(db, article_id, row[0] if row else None), bool(row)

    stored, is_same = await request.archive.read(read)
    return {
        "article": article,
        "stored": stored,
        "is_same": is_same,
        "runs": runs(paragraphs(stored.article)) if stored else [],
        "position": article.position,
    }


def _neighbours(positions: Sequence[int], here: int) -> dict[str, int | None]:
    """Return the nearest of the positions before and after that of a page, None where there is none."""
    before = max((each for each in positions if each < here), default=None)
    return {"before": before, "after": min((each for each in positions if each > here), default=None)}


def _shipped_name(name: str) -> str:
    """Return the name of a shipped codebook: a form must not name a file of the server. Raises RefusedError."""
    if name not in shipped():
        raise RefusedError(
            message(
                "There is no codebook %(name)s: choose one of %(names)s, or paste your own.",
                name=name,
                names=", ".join(shipped()),
            )
        )
    return name


_CODING = r"^/(?P<database>[^/]+)/-/coding"
_STUDY = rf"{_CODING}/(?P<study>[0-9]{{1,15}})"
_POSITION = rf"{_STUDY}/(?P<position>[0-9]{{1,9}})"
ROUTES: list[tuple[str, Callable[..., Any]]] = [
    (rf"{_CODING}$", notes_view(new_study, make_study)),
    (rf"{_STUDY}$", notes_view(study_page)),
    (rf"{_STUDY}\.(?P<ending>{'|'.join(WRITERS)})$", notes_view(export)),
    (rf"{_STUDY}/done$", notes_view(None, finish)),
    (rf"{_POSITION}$", notes_view(code_page, save_answers)),
    (rf"{_POSITION}/settle$", notes_view(settle_page, save_settled)),
]
