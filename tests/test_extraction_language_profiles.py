"""The profiles in little memory say what langdetect's own say."""

from langdetect import DetectorFactory
from langdetect.detector_factory import PROFILES_DIRECTORY

from archive.extraction.language_profiles import ROWS, Profiles

SENTENCES = (
    "La vacuna protege a los niños contra el sarampión, según el ministerio.",
    "Die Impfung schützt Kinder vor Masern, teilt das Ministerium mit.",
    "Rokote suojaa lapsia tuhkarokolta, kertoo ministeriö.",
    "Вакцина защищает детей от кори, сообщает министерство.",
    "Vaksin melindungi anak-anak dari campak, kata kementerian.",
)


def found(factory: DetectorFactory, text: str) -> list[tuple[str, float]]:
    detector = factory.create()
    detector.seed = 0
    detector.append(text)
    return [(each.lang, each.prob) for each in detector.get_probabilities()]


def test_probabilities_are_those_of_langdetect() -> None:
    theirs, ours = DetectorFactory(), Profiles()
    theirs.load_profile(PROFILES_DIRECTORY)
    assert ours.langlist == theirs.langlist
    assert ours.word_lang_prob_map.keys() == theirs.word_lang_prob_map.keys()
    words = list(theirs.word_lang_prob_map)[: 2 * ROWS]  # more than are kept
    assert all(ours.row(word) == theirs.word_lang_prob_map[word] for word in words)
    for text in SENTENCES:
        assert found(ours, text) == found(theirs, text)
