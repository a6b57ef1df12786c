"""langdetect's profiles in a tenth of the memory, with the same answers.

langdetect keeps a list of 55 numbers for each of 94,000 n-grams, nearly all of them zero: 52 MB in each process that
extracts. Here only the others are kept, and the lists of the n-grams met last.
"""

from array import array
from typing import Any

from langdetect import DetectorFactory
from langdetect.detector import Detector
from langdetect.detector_factory import PROFILES_DIRECTORY

ROWS = 2_000  # n-grams whose lists are kept, in 1 MB


class Profiles(DetectorFactory):  # type: ignore[misc] # langdetect has no types
    """Makes detectors of all languages that langdetect knows."""

    def __init__(self) -> None:
        super().__init__()
        self.word_lang_prob_map: dict[str, int] = {}  # n-gram -> its last entry
        self._rows: dict[str, list[float]] = {}
        # The entries: language, its probability of the n-gram, and the n-gram's entry before (-1: none).
        self._languages, self._probabilities, self._before = array("B"), array("d"), array("l")
        self.load_profile(PROFILES_DIRECTORY)

    def add_profile(self, profile: Any, index: int, langsize: int) -> None:  # noqa: ARG002 (langdetect's signature)
        """Add the profile of the language with this index."""
        self.langlist.append(profile.name)
        for word, frequency in profile.freq.items():
            last = self.word_lang_prob_map.get(word, -1)
            self.word_lang_prob_map[word] = len(self._before)
            known = 1 <= len(word) <= 3
            self._languages.append(index)
            self._probabilities.append(1.0 * frequency / profile.n_words[len(word) - 1] if known else 0.0)
            self._before.append(last)

    def row(self, word: str) -> list[float]:
        """Return the n-gram's probability in each language."""
        found = self._rows.get(word)
        if found is None:
            if len(self._rows) >= ROWS:
                self._rows.clear()
            found = self._rows[word] = [0.0] * len(self.langlist)
            entry = self.word_lang_prob_map[word]
            while entry >= 0:
                found[self._languages[entry]] = self._probabilities[entry]
                entry = self._before[entry]
        return found

    def _create_detector(self) -> Detector:
        return _Detector(self)


class _Detector(Detector):  # type: ignore[misc]
    """langdetect's detector on Profiles."""

    def __init__(self, profiles: Profiles) -> None:
        super().__init__(profiles)
        self._profiles = profiles

    def _update_lang_prob(self, prob: list[float], word: str, alpha: float) -> bool:
        weight = alpha / self.BASE_FREQ
        prob[:] = [each * (weight + value) for each, value in zip(prob, self._profiles.row(word), strict=True)]
        return True
