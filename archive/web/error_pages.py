"""Answer what goes wrong with a status and a sentence, not with a traceback.

Datasette's own handler prints a traceback for every 404, which fails where rich is installed, and takes most of what it
cannot understand in a URL for an error of its own.
"""

import logging
import sqlite3
from traceback import walk_tb
from typing import TYPE_CHECKING, Any

from datasette.database import QueryInterrupted
from datasette.utils.asgi import Base400, Request, Response
from datasette.views.base import DatasetteError

from archive.web import sql_limits
from archive.web.responses import MAX_SECONDS
from archive.web.security_headers import NONCE
from archive.web.translation import current, gettext, switches, translated

if TYPE_CHECKING:  # Datasette loads its plugins while it is being imported itself
    from datasette.app import Datasette

logger = logging.getLogger(__name__)


async def error_response(datasette: "Datasette", request: Request, exception: BaseException) -> Response:
    """Return the response to an exception of a view: JSON if the URL ends in .json, else a page."""
    status, title, sentence = _described(datasette, request, exception)
    content = {"ok": False, "error": sentence, "status": status, "title": title}
    if request.path.endswith(".json"):
        return Response.json(content, status=status)
    template = datasette.jinja_env.select_template([f"{status}.html", "error.html"])
    context: dict[str, Any] = {
        **content,
        "urls": datasette.urls,
        "app_css_hash": datasette.app_css_hash(),
        "menu_links": list,
        NONCE: request.scope.get(NONCE),
        "hn_language": current(),
        "hn_languages": switches(request.query_string),
    }
    return Response.html(await template.render_async(context), status=status)


def _described(datasette: "Datasette", request: Request, exception: BaseException) -> tuple[int, str | None, str]:
    """Return status, title and sentence."""
    if isinstance(exception, QueryInterrupted) or isinstance(exception.__context__, QueryInterrupted):
        seconds = f"{datasette.setting('sql_time_limit_ms') / 1000:g}"
        sentence = gettext("The query took longer than %(seconds)s seconds, which is the limit.", seconds=seconds)
        return 400, gettext("Query interrupted"), sentence
    if isinstance(exception, Base400):
        said = exception.args[0] if exception.args else ""
        return exception.status, None, gettext("There is no such page.") if said in ("", "404") else translated(said)
    if isinstance(exception, DatasetteError) and "pks" in request.url_vars and "no such table" in exception.message:
        return 404, None, gettext("There is no such table.")
    if isinstance(exception, DatasetteError):  # its default status is 500, also for an invalid URL parameter
        return 400 if exception.status == 500 else exception.status, exception.title, str(exception.message)
    if isinstance(exception, sqlite3.OperationalError) and exception.args == ("interrupted",):
        sentence = gettext("This page took longer than %(seconds)s seconds, which is the limit.", seconds=MAX_SECONDS)
        return 503, gettext("Took too long"), sentence
    if _is_ours(exception):
        logger.error("%s could not be answered", request.path, exc_info=exception)
        return 500, gettext("Error"), gettext("This page could not be made: the server's messages say why.")
    logger.warning("%s: %s: %s", request.path, type(exception).__name__, exception)
    sentence = gettext("The URL has parameters or values that Datasette cannot understand.")
    return 400, gettext("Invalid request"), sentence


def _is_ours(exception: BaseException) -> bool:
    """Return whether code of this project raised it for a page of its own: then it is a fault, not a bad request.

    The last caller in this project or in Datasette decides, apart from the module that runs Datasette's queries.
    """
    modules = [str(frame.f_globals.get("__name__", "")) for frame, _ in walk_tb(exception.__traceback__)]
    callers = [name for name in modules if name.startswith(("archive.", "datasette.")) and name != sql_limits.__name__]
    return bool(callers) and callers[-1].startswith("archive.")
