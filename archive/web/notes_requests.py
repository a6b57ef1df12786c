"""Requests for pages of notes: who asks, what a form says, and what goes wrong as a page with the right status."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

from datasette.utils.asgi import Response

from archive.errors import ArchiveError, DiskError, FaultError, UserError
from archive.notes import ConflictError, RefusedError
from archive.notes.models import AbsentError
from archive.text.messages import Message, message
from archive.web.notes_access import NotesAccess
from archive.web.responses import ArchiveRequest, archive_view
from archive.web.translation import current, translated

MOST_FIELDS = 2_000  # of a form: a codebook has at most 200 questions, a page of results at most 100
TYPED = ("name", "description", "tag", "passage", "body", "comment", "toml")  # fields with words that somebody typed
ANSWER = "answer-"  # begins the names of the fields with answers
NOT_FOR_YOU = message("Notes are for those who are signed in and may see them.")
READ_ONLY = message("You may read notes, and not write them.")
PASSWORDS = "datasette-auth-passwords"  # the plugin that docs/notes.md names


@dataclass(frozen=True, slots=True)
class NotesRequest:
    """A request for a page of notes, from an actor who may see them; `form` are the fields that were sent."""

    archive: ArchiveRequest
    access: NotesAccess
    form: Mapping[str, list[str]]

    def field(self, name: str) -> str:
        """Return a field of the form, '' if it was not sent."""
        return self.form.get(name, [""])[0]

    def number(self, name: str) -> int:
        """Return a field that is a number. Raises RefusedError."""
        text = self.field(name)
        if not (text.isascii() and text.isdecimal()) or len(text) > 15:
            raise RefusedError(message("The form has no number %(name)s.", name=name))
        return int(text)

    def variable(self, name: str) -> int:
        """Return a number from the URL."""
        return int(self.archive.url_vars[name])

    def see(self, path: str, query: Mapping[str, str] | None = None, *, fragment: str = "") -> Response:
        """Lead to a page after something was written."""
        return Response.redirect(self.archive.link(path, query) + fragment, status=303)

    def download(self, text: str, name: str, media_type: str) -> Response:
        """Return a file."""
        headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private"}
        return Response(text, headers=headers, content_type=f"{media_type}; charset=utf-8")

    async def html(self, template: str, context: Mapping[str, Any]) -> Response:
        """Render a template for this actor alone."""
        response = await self.archive.html(template, {"here": "notes", "coding_language": current().tag, **context})
        response.headers["Cache-Control"] = "private, no-store"
        return response


def answers(form: Mapping[str, list[str]]) -> dict[str, str]:
    """Return the answers in a coder's form, by the names of the questions."""
    return {name.removeprefix(ANSWER): values[0] for name, values in form.items() if name.startswith(ANSWER)}


View = Callable[[NotesRequest], Awaitable[Response]]


def notes_view(shown: View | None = None, written: View | None = None) -> Callable[..., Awaitable[Response]]:
    """Turn views into one of Datasette: `shown` answers to GET, `written` to POST by those who may write."""

    async def view(request: ArchiveRequest) -> Response:
        is_form = request.raw.method == "POST"
        form: Mapping[str, list[str]] = {}
        if is_form:
            try:
                body = (await request.raw.post_body()).decode()
                form = parse_qs(body, keep_blank_values=True, max_num_fields=MOST_FIELDS, errors="strict")
            except ValueError:
                return await _refused(request, 400, message("The form cannot be read."), {})
        access = await request.notes()
        if access is None:
            return await _refused(request, 403, NOT_FOR_YOU, form, sign_in=_sign_in(request))
        answer = written if is_form else shown
        if answer is None:
            return await _refused(request, 405, message("This page cannot be asked for in this way."), form)
        if is_form and not access.may_write:
            return await _refused(request, 403, READ_ONLY, form)
        return await _answered(answer, NotesRequest(request, access, form))

    return archive_view(view)


async def _answered(answer: View, request: NotesRequest) -> Response:
    try:
        return await answer(request)
    except ConflictError as error:
        return await _refused(request.archive, 409, error.message, request.form, conflict=error)
    except AbsentError as error:
        return await _refused(request.archive, 404, error.message, request.form)
    except UserError as error:
        return await _refused(request.archive, 400, error.message, request.form)
    except FaultError as error:
        status = 507 if isinstance(error, DiskError) else 503
        return await _refused(request.archive, status, _sentence(error), request.form, again=True)
    except ArchiveError as error:  # the file was replaced by another one
        return await _refused(request.archive, 503, _sentence(error), request.form, again=True)


def _sign_in(request: ArchiveRequest) -> str | None:
    """Return the URL of the page on which visitors sign in, None for those who have, and where it is not known."""
    is_known = bool(request.datasette.plugin_config(PASSWORDS))
    return str(request.datasette.urls.path("-/login")) if is_known and not request.raw.actor else None


def _sentence(error: ArchiveError) -> str:
    """Return the sentence of an error, which can be translated where it is a message."""
    return str(error) if not error.args or not isinstance(error.args[0], Message) else error.args[0]


async def _refused(
    request: ArchiveRequest,
    status: int,
    sentence: str,
    form: Mapping[str, list[str]],
    *,
    conflict: ConflictError | None = None,
    again: bool = False,
    sign_in: str | None = None,
) -> Response:
    """Return a page with the sentence and with what was typed, so that nothing of it is lost.

    `sign_in` is the URL of the page that signs in, if it would help. The form can be sent again after a `conflict`,
    over what is stored now, or where `again`.
    """
    typed = [(name, value) for name in TYPED for value in form.get(name, ()) if value.strip()]
    typed += answers(form).items()
    fields = [(name, value) for name, values in form.items() for value in values if name != "csrftoken"]
    if conflict:
        fields = [(name, value) for name, value in fields if name != "version"]
        fields.append(("version", str(conflict.version)))
    context = {
        "sentence": translated(sentence),
        "typed": typed,
        "theirs": conflict.theirs if conflict else None,
        "fields": fields if conflict or again else [],
        "path": request.raw.path,
        "sign_in": sign_in,
        "here": "notes",
    }
    response = await request.html("notes_refused.html", context, status=status)
    response.headers["Cache-Control"] = "private, no-store"
    return response
