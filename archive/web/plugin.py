"""The Datasette plugin: search that finds Chinese, the pages of an archive, and safe answers. Other databases are not
changed."""

import re
import sqlite3
from collections.abc import Generator
from functools import partial
from typing import TYPE_CHECKING, Any

import markupsafe
from datasette import hookimpl
from datasette.utils.asgi import NotFound, Request

from archive.retrieval.query import fts_query
from archive.text.messages import message
from archive.web import atom, exports, table_csv, translation
from archive.web.accessible_markup import AccessibleMarkup
from archive.web.error_pages import error_response
from archive.web.notes_access import is_allowed, notes_file
from archive.web.pages import (
    article,
    changes,
    coding,
    duplicates,
    joint_search,
    latest_changes,
    notes,
    received,
    search,
    site,
    start,
    trend,
    work,
    works,
)
from archive.web.responses import PLUGIN, is_archive
from archive.web.security_headers import NONCE, Application, with_safe_headers
from archive.web.stored_words import word
from archive.web.tables import EXAMPLE, is_archive_file, table_metadata
from archive.web.template_nonces import Nonces

if TYPE_CHECKING:  # Datasette loads its plugins while it is being imported itself
    from datasette.app import Datasette

# Modules with ROUTES: a page is one small module, a template and a line here.
PAGES = (
    start, search, joint_search, exports, atom, latest_changes, trend, article, received, changes, work, works, site,
    duplicates, table_csv,
)  # fmt: skip
ARTICLE_COLUMNS = {"id", "page_id", "content_hash", "encoding_source"}  # these identify the table of an archive
NOTES_PAGES = (notes, coding)  # where notes are on
STRICT, PUBLIC, ROOT = "strict", "public", "root"  # keys of the plugin's configuration, which `healthnews serve` sets
# Datasette's pages on itself: paths of files, versions, threads, and forms for trying things out.
PRIVATE = (
    r"^/-/(?:databases|threads|plugins|versions|settings|metadata|messages|allow-debug|permissions|patterns)"
    r"(?:\.json)?$"
)
SIGN_IN = r"^/-/auth-token$"  # as root, by the link that `healthnews serve` prints
DASHBOARDS = {"dashboard_view.html", "dashboard_chart.html"}  # templates of datasette-dashboards


def is_set(datasette: "Datasette", name: str) -> bool:
    """Return whether a key of the plugin's configuration is true."""
    return bool((datasette.plugin_config(PLUGIN) or {}).get(name))


@hookimpl(trylast=True)  # without trylast Datasette's own escape_fts wins, and 干细胞 finds nothing
def prepare_connection(conn: sqlite3.Connection) -> None:
    """Replace escape_fts, which Datasette's search box calls, by the query language of `healthnews search`."""
    if is_archive(conn):
        conn.create_function("escape_fts", 1, fts_query, deterministic=True)


@hookimpl
def prepare_jinja2_environment(env: Any) -> None:
    """Translate templates, mark their scripts and styles, and complete the markup of Datasette's."""
    env.add_extension("jinja2.ext.i18n")
    env.policies["ext.i18n.trimmed"] = True
    env.install_gettext_callables(translation.look_up, translation.look_up_plural, newstyle=True)
    filters = (translation.number, translation.percent, translation.day, translation.moment, translation.byte_size)
    env.filters.update({each.__name__: each for each in (*filters, translation.translated, word)})
    env.add_extension(Nonces)
    env.add_extension(AccessibleMarkup)


@hookimpl
def extra_template_vars(request: Request | None, database: str | None, datasette: "Datasette") -> dict[str, Any]:
    """Give templates the nonce of the request and its language, and on Datasette's pages of an archive a query to begin
    with and the URL of the archive's start page."""
    ours = _archive_of(datasette, database)
    return {
        NONCE: request.scope.get(NONCE) if request else None,
        "hn_language": translation.current(),
        "hn_languages": translation.switches(request.query_string if request else ""),
        "hn_example": EXAMPLE if ours and database else None,
        "hn_start": f"{datasette.urls.database(ours)}/-/start" if ours else None,
    }


@hookimpl
def get_metadata(datasette: "Datasette") -> dict[str, Any]:
    """Describe the tables of archives, hide those that answer no question, and give queries to begin with."""
    sql = bool(datasette.setting("default_allow_sql"))
    archives = [name for name, each in datasette.databases.items() if is_archive_file(each)]
    return {"databases": {name: table_metadata(sql=sql) for name in archives}} if archives else {}


@hookimpl
def extra_js_urls(template: str, datasette: "Datasette") -> list[str]:
    """Let the charts of datasette-dashboards do without what a strict policy forbids."""
    return _strict_files(template, datasette, "dashboards_strict.js")


@hookimpl
def extra_css_urls(template: str, database: str | None, datasette: "Datasette") -> list[str]:
    """Give those charts a style for what they do without, and Datasette's pages of an archive the archive's colours."""
    colours = ["datasette.css"] if _archive_of(datasette, database) else []
    return [
        *_strict_files(template, datasette, "dashboards_strict.css"),
        *(f"/-/static-plugins/{PLUGIN}/{file}" for file in colours),
    ]


@hookimpl(trylast=True)  # the last route takes what no other plugin does
def register_routes(datasette: "Datasette") -> list[tuple[str, Any]]:
    """Return the routes of the pages of an archive, /<database>/-/…, and those where nothing is."""
    routes = [route for page in PAGES for route in page.ROUTES]
    if notes_file(datasette.plugin_config(PLUGIN)):
        routes += [route for page in NOTES_PAGES for route in page.ROUTES]
    if is_set(datasette, PUBLIC):
        routes.append((PRIVATE, missing))
        if not is_set(datasette, ROOT):
            routes.append((SIGN_IN, missing))
    if is_set(datasette, STRICT):
        formats = "|".join(map(re.escape, ("db", "csv", "jsono", *datasette.renderers)))
        routes.append((r"^/[^/]+/-(?:/.*)?$", missing))
        routes.append((rf"^(?!/favicon\.ico$)(?:/[^/.]+){{1,2}}\.(?!(?:{formats})$)\w+$", missing))
    return routes


@hookimpl
def permission_allowed(datasette: "Datasette", actor: dict[str, Any] | None, action: str) -> bool | None:
    """Allow actors to see and write notes as Datasette's configuration says."""
    return is_allowed(datasette, actor, action)


@hookimpl(trylast=True)  # the outermost wrapper sees every response
def asgi_wrapper(datasette: "Datasette") -> Any:
    """Send safe headers with every response, Datasette's own included, each in the language of its request."""
    strict = is_set(datasette, STRICT)

    def wrapped(application: Application) -> Application:
        speaking = translation.with_language(application, everywhere=strict)
        return with_safe_headers(speaking, strict=strict)

    return wrapped


@hookimpl(wrapper=True)
def handle_exception(
    datasette: "Datasette", request: Request, exception: BaseException
) -> Generator[None, list[Any], list[Any]]:
    """Replace Datasette's own handler, which is the last; those of other plugins stay."""
    *others, _ = yield
    return [*others, partial(error_response, datasette, request, exception)]


@hookimpl
def render_cell(row: sqlite3.Row, column: str, table: str | None, database: str, datasette: "Datasette") -> Any:
    """Link the titles in the articles table to the pages of the articles."""
    if table != "articles" or column != "title" or not set(row.keys()) >= ARTICLE_COLUMNS:
        return None
    url = datasette.urls.path(f"{datasette.urls.database(database)}/-/article/{row['id']}")
    return markupsafe.Markup('<a href="{}">{}</a>').format(url, row["title"])


def _archive_of(datasette: "Datasette", database: str | None) -> str | None:
    """Return the archive that a page of Datasette belongs to: its database, or the first where all are archives."""
    files = {name: each for name, each in datasette.databases.items() if each.path}
    if database is None:
        return next(iter(files), None) if all(map(is_archive_file, files.values())) else None
    return database if database in files and is_archive_file(files[database]) else None


def _strict_files(template: str, datasette: "Datasette", file: str) -> list[str]:
    is_needed = template in DASHBOARDS and is_set(datasette, STRICT)
    return [f"/-/static-plugins/{PLUGIN}/{file}"] if is_needed else []


async def missing() -> None:
    """Raise NotFound, for routes that Datasette would take for something else."""
    raise NotFound(message("There is no such page."))
