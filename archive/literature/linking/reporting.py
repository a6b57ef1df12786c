"""Whether a page plainly reports on a study."""

import re

from archive.text.word_lists import alternatives, read_word_list

_DATA = read_word_list("archive.literature.linking", "reporting")
READ = 3_000  # characters of the text: what a page reports on is said before
NEAR = 150  # characters between the word for the study and the one for what it found
_ENGLISH = {name: re.compile(rf"\b{alternatives(words)}\b", re.IGNORECASE) for name, words in _DATA["en"].items()}
_CHINESE = {name: re.compile(alternatives(words)) for name, words in _DATA["zh"].items()}


def reports_on_study(title: str, text: str) -> bool:
    """Return whether words for a study and for its findings stand near each other in the title or the beginning.

    >>> reports_on_study("Sleep", "Researchers in Leeds found that tea helps."), reports_on_study("Sleep", "Drink tea.")
    (True, False)
    """
    read = f"{title}\n{text[:READ]}"
    for words in (_ENGLISH, _CHINESE):
        studies = [match.start() for match in words["study"].finditer(read)]
        found = [match.start() for match in words["found"].finditer(read)]
        at = 0
        for start in studies:
            while at < len(found) and found[at] < start - NEAR:
                at += 1
            if at < len(found) and found[at] <= start + NEAR:
                return True
    return False
