"""Detect the language of a text by its script, by English function words, or by seeded statistics (langdetect)."""

import re
from functools import cache

from langdetect import LangDetectException

from archive.extraction.language_profiles import Profiles
from archive.text.scripts import HAN, HANGUL, KANA_LETTERS
from archive.text.word_lists import read_word_list

# Characters. langdetect gives the same answer for them as for the whole text on 99.8 % of 600 pages, at 40 % of the
# cost.
SAMPLE = 1_000
# With fewer letters statistics are unreliable, and the language that the mark-up declares is used.
MIN_LETTERS = 40
_HAN = re.compile(f"[{HAN}]")
_KANA = re.compile(f"[{KANA_LETTERS}]")
_HANGUL = re.compile(f"[{HANGUL}]")
_LETTER = re.compile(r"[^\W\d_]")
_TAG = re.compile(r"\s*([a-zA-Z]{2,3})(?:[-_]([a-zA-Z]{4}|[a-zA-Z]{2}))?(?:[-_][\w-]{0,30})?\s*")
# Text with at least this share of English function words, `the` among them, is English: this decides 242 of the 254
# English development pages, none that langdetect decides otherwise, and saves langdetect's 7 ms.
ENGLISH_SHARE = 0.18
_ENGLISH = frozenset(read_word_list("archive.extraction", "language")["en"])
_WORD = re.compile(r"[a-z]+")
_TRADITIONAL_REGIONS = {"tw", "hk", "mo", "hant"}


def detect_language(text: str, hint: str | None = None) -> str | None:
    """Return the BCP 47 tag of `text` (`zh-Hans`, `en`), None if it is unknown; `hint` is the mark-up's `lang`."""
    sample = text[:SAMPLE]
    letters = len(_LETTER.findall(sample))
    return (
        _language_by_script(sample, letters, hint)
        or _english_by_words(sample, letters)
        or _language_by_statistics(sample, letters)
        or normalise_tag(hint)
    )


def normalise_tag(tag: str | None) -> str | None:
    """Return `zh_CN` as `zh-Hans`, `zh-TW` as `zh-Hant`, `en-US` as `en`; None for what is not a language tag."""
    match = _TAG.fullmatch(tag or "")
    if match is None:
        return None
    language, rest = match[1].lower(), (match[2] or "").lower()
    if language == "zh":
        return "zh-Hant" if rest in _TRADITIONAL_REGIONS else "zh-Hans"
    return language


def _language_by_script(sample: str, letters: int, hint: str | None) -> str | None:
    """Return the language if a fifth of all letters is CJK; a tenth of those in kana or hangul decides."""
    han, kana, hangul = (len(pattern.findall(sample)) for pattern in (_HAN, _KANA, _HANGUL))
    cjk = han + kana + hangul
    if cjk * 5 < letters or not cjk:
        return None
    if hangul * 10 > cjk:
        return "ko"
    if kana * 10 > cjk:
        return "ja"
    return _chinese(sample, hint)


def _chinese(sample: str, hint: str | None) -> str:
    """Return `zh-Hans` or `zh-Hant` by the distinct characters that only GB 2312 or only Big5 can encode."""
    characters = set(_HAN.findall(sample))
    simplified = sum(_encodable(c, "gb2312") and not _encodable(c, "big5") for c in characters)
    traditional = sum(_encodable(c, "big5") and not _encodable(c, "gb2312") for c in characters)
    if simplified == traditional:
        hinted = normalise_tag(hint)
        return hinted if hinted and hinted.startswith("zh") else "zh-Hans"
    return "zh-Hans" if simplified > traditional else "zh-Hant"


def _encodable(character: str, encoding: str) -> bool:
    try:
        character.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def _english_by_words(sample: str, letters: int) -> str | None:
    words = _WORD.findall(sample.lower())
    found = sum(word in _ENGLISH for word in words) if "the" in words else 0
    return "en" if letters >= MIN_LETTERS and found >= ENGLISH_SHARE * len(words) > 0 else None


def _language_by_statistics(sample: str, letters: int) -> str | None:
    if letters < MIN_LETTERS:
        return None
    detector = _factory().create()
    detector.seed = 0  # langdetect draws n-grams at random: without a seed its answers vary
    detector.append(sample)
    try:
        found: str = detector.detect()
    except LangDetectException:
        return None
    return None if found == "unknown" else normalise_tag(found)


@cache
def _factory() -> Profiles:
    """Return langdetect's 55 profiles, loaded once (0.2 s)."""
    return Profiles()
