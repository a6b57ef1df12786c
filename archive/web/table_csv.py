"""The CSV of Datasette's tables, rows and queries, in which no cell is a formula."""

from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING, Any

from datasette.utils import tilde_decode
from datasette.utils.asgi import AsgiStream, NotFound, Request, Response

from archive.export.spreadsheet_cells import neutral_line
from archive.text.messages import message
from archive.web.responses import is_archive

if TYPE_CHECKING:  # Datasette loads its plugins while it is being imported itself
    from datasette.app import Datasette


class _NeutralWriter:
    """A writer that Datasette gives one record of CSV at a time."""

    def __init__(self, out: Any) -> None:
        self._out = out

    async def write(self, record: str) -> None:
        """Write the record with its cells neutral."""
        await self._out.write(neutral_line(record))


def neutral_csv(module: str, name: str) -> Callable[..., Any]:
    """Return a view of CSV as the view `name` of Datasette gives it, in which the cells of an archive are neutral."""

    async def csv_view(request: Request, datasette: "Datasette") -> Response | AsgiStream:
        try:
            database = datasette.get_database(route=tilde_decode(request.url_vars["database"]))
        except KeyError as error:
            raise NotFound(message("There is no database %(name)s.", name=request.url_vars["database"])) from error
        view = getattr(import_module(module), name)  # importing it loads Datasette's plugins, of which this is one
        response = await view(datasette).dispatch_request(request)
        # With _trace=1 Datasette shows the records in a page, to be read and not opened in a spreadsheet.
        if (
            isinstance(response, AsgiStream)
            and not request.args.get("_trace")
            and await database.execute_fn(is_archive)
        ):
            stream = response.stream_fn

            async def write(out: Any) -> None:
                await stream(_NeutralWriter(out))

            response.stream_fn = write
        return response

    return csv_view


ROUTES = [
    (r"^/(?P<database>[^/.]+)\.(?P<format>csv)$", neutral_csv("datasette.views.database", "DatabaseView")),
    (
        r"^/(?P<database>[^/.]+)/(?P<table>(?!-/)[^/.]+)\.(?P<format>csv)$",
        neutral_csv("datasette.views.table", "TableView"),
    ),
    (
        r"^/(?P<database>[^/.]+)/(?P<table>(?!-/)[^/]+?)/(?P<pks>[^/]+?)\.(?P<format>csv)$",
        neutral_csv("datasette.views.row", "RowView"),
    ),
]
