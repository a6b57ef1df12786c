"""Cells of CSV files that no spreadsheet executes. Pure functions.

A spreadsheet takes a cell that begins like a formula for one, and a formula may send data away or start a program
(OWASP, CSV injection). Such a cell gets an apostrophe. A cell that is one already, with apostrophes before it, gets
another, so that removing one is always right. docs/browsing.md says how.
"""

import re

# Full-width signs count in East Asian versions, and leading blanks are dropped by some programs.
_FORMULA = re.compile(r"'*(?:[\t\r\n]|\s*[=+\-@＝＋－＠])")
_NUMBER = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_CELL = re.compile(r'"([^"]*(?:""[^"]*)*)"(?=,|\r?\n?\Z)|([^,\r\n"][^,\r\n]*)')


def neutral(text: str) -> str:
    """Return the text of a cell, with an apostrophe before what a spreadsheet would take for a formula."""
    return f"'{text}" if _FORMULA.match(text) and not _NUMBER.fullmatch(text) else text


def neutral_line(line: str) -> str:
    """Return one record of a CSV file, as Python's csv module writes it, with its cells neutral."""

    def cell(match: re.Match[str]) -> str:
        if match[1] is not None:  # quotes inside are doubled, which does not change how the cell begins
            return f'"{neutral(match[1])}"'
        return neutral(match[2])

    return _CELL.sub(cell, line)
