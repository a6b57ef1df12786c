"""Read the sheets of an Excel workbook (.xlsx) with openpyxl, which the extra `excel` installs."""

import warnings
import zipfile
from io import BytesIO
from typing import Any

_MOST_BYTES = 300_000_000  # unpacked; a workbook with a million addresses has some 100 MB

Row = tuple[int, list[str]]


class WorkbookError(ValueError):
    """The workbook cannot be read; the message says why and what to do."""


def read_sheets(body: bytes) -> list[list[Row]]:
    """Return for each sheet its rows that have a value, as pairs of the row's number and its cells as text.

    A cell with a link has the link's address, whatever it shows. Raises WorkbookError.
    """
    try:
        import openpyxl
    except ImportError as error:
        raise WorkbookError(
            "this is a workbook, for which openpyxl is needed: pip install 'health-news-archive[excel]'"
        ) from error
    try:
        with zipfile.ZipFile(BytesIO(body)) as packed:
            unpacked = sum(part.file_size for part in packed.infolist())
        if unpacked > _MOST_BYTES:
            raise WorkbookError("this is too large for a list: save the addresses as CSV or as text, one a line")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl warns of formats and rules that it leaves out
            sheets = openpyxl.load_workbook(BytesIO(body), data_only=True).worksheets
    except WorkbookError:
        raise
    except Exception as error:  # a damaged file raises nearly anything
        raise WorkbookError(
            "this is another packed file or a damaged workbook: save the addresses as CSV or as text, one a line"
        ) from error
    return [_rows(sheet) for sheet in sheets]


def _rows(sheet: Any) -> list[Row]:
    rows = [(number, [_text(cell) for cell in cells]) for number, cells in enumerate(sheet.iter_rows(), 1)]
    return [(number, cells) for number, cells in rows if any(cells)]


def _text(cell: Any) -> str:
    shown = "" if cell.value is None else str(cell.value).strip()
    target = cell.hyperlink and cell.hyperlink.target
    return target.strip() if target and "://" not in shown else shown
