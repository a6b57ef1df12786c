"""Publications that resemble another one: notices about a paper (errata, comments, replies) and preprints.

They share the paper's title and authors, and are not the paper.
"""

import re

from archive.literature.record import LiteratureRecord
from archive.text.scripts import HAN
from archive.text.word_lists import alternatives, read_word_list

_DATA = read_word_list("archive.literature", "record_kinds")
_BEGINNING = re.compile(alternatives(_DATA["notice_beginnings"]))
_ENDING = re.compile(rf"(?:[:?!—–]|--|\. |[(\[]){{1,2}} ?{alternatives(_DATA['notice_endings'])}[.)\]]{{0,2}}$")
_BEFORE, _AFTER = rf"(?<![^\W{HAN}])", rf"(?![^\W{HAN}])"  # Chinese words have no spaces around them
_NOTICE_WORD = re.compile(f"{_BEFORE}{alternatives(_DATA['notice_words'])}{_AFTER}", re.IGNORECASE)
_PREPRINT = re.compile(f"{_BEFORE}{alternatives(_DATA['preprint_words'])}{_AFTER}", re.IGNORECASE)
_PREPRINT_DOI = re.compile(alternatives(_DATA["preprint_dois"]), re.IGNORECASE)
_ENDS = 40  # characters of the end of a title


def is_notice(title: str) -> bool:
    """Return whether a title is that of a notice about another work: an erratum, a comment, a letter or a reply.

    >>> is_notice("Erratum: Sleep in weavers."), is_notice("Sleep in weavers - authors' reply"), is_notice("Sleep.")
    (True, False, False)
    """
    plain = title.replace("’", "'").strip(" [.").lower()
    return bool(_BEGINNING.match(plain) or _ENDING.search(plain[-_ENDS:]))


def may_be_notice(text: str) -> bool:
    """Return whether a printed entry has a word that may say that it is a notice about another work."""
    return bool(_NOTICE_WORD.search(text))


def is_preprint(record: LiteratureRecord) -> bool:
    """Return whether a record is that of a preprint, by its server or its DOI."""
    return bool(_PREPRINT.search(record.journal) or _PREPRINT_DOI.match(record.doi))


def names_preprint(text: str) -> bool:
    """Return whether a printed entry names a preprint server, a preprint, or a preprint's DOI."""
    return bool(_PREPRINT.search(text) or _PREPRINT_DOI.search(text))
