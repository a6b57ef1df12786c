"""Ranges of East Asian characters, after the blocks of Unicode 16.

The constants are ranges without brackets, to be put between those of a regular expression's class: `f"[{HAN}]"`.
"""

import re
from functools import cache

HAN = (
    "\u3400-\u4dbf\u4e00-\u9fff"  # extension A, unified ideographs
    "\uf900-\ufaff"  # compatibility ideographs
    "\U00020000-\U0003ffff"  # planes 2 and 3: the other extensions
)
HAN_RADICALS = "\u2f00-\u2fd5"  # Kangxi radicals, which some PDF files hold in place of ideographs
HAN_MARKS = "\u3005-\u3007"  # 々 〆 〇, which stand for ideographs or among them
KANA = "\u3040-\u30ff\u31f0-\u31ff\uff66-\uff9f"  # phonetic extensions and half-width forms included
KANA_LETTERS = "\u3041-\u3096\u30a1-\u30fa"  # without ー, ・ and other marks, which Chinese text has as well
HANGUL = "\uac00-\ud7af"  # syllables
CJK = f"{KANA}{HAN}{HANGUL}"
# Everything that East Asian typesetting may print: ideographs, syllabaries, punctuation and full-width forms.
EAST_ASIAN = "\u2e80-\ua4cf\uac00-\ud7af\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef\U00020000-\U0003ffff"
# The same without the letters that are written with spaces between words: a line may break beside any of these.
EAST_ASIAN_UNSPACED = (
    "\u2e80-\u2fdf\u3000-\u312f\u31a0-\u9fff\uf900-\ufaff\ufe30-\ufe4f\uff01-\uff9f\U00020000-\U0003ffff"
)
# Code points of ！ to ～, each with that of its ASCII form, as `str.translate` takes them.
FULL_WIDTH_FORMS = {0xFF01 + index: 0x21 + index for index in range(94)}


@cache
def _cjk_letter() -> re.Pattern[str]:
    return re.compile(f"[{CJK}]")  # not at import: a search needs the ranges only, and compiling takes milliseconds


def has_cjk(text: str) -> bool:
    """Return whether there is a Chinese, Japanese or Korean letter in `text`."""
    return not text.isascii() and _cjk_letter().search(text) is not None


def count_cjk(text: str) -> int:
    """Return the number of Chinese, Japanese and Korean letters in `text`."""
    return 0 if text.isascii() else len(_cjk_letter().findall(text))
