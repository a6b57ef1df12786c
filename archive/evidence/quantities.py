"""Read numbers and durations, in digits and in words, in Chinese and English."""

import re

_ONES = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen",
         "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen")  # fmt: skip
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
NUMBER_WORDS = {word: number for number, word in enumerate(_ONES, 1)}
NUMBER_WORDS |= {word: 10 * number for number, word in enumerate(_TENS, 2)}
NUMBER_WORDS |= {"dozen": 12, "hundred": 100}
_HAN_DIGITS = {"一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
NUMERALS = frozenset([*_HAN_DIGITS, "十", "百", "半"])
_POWERS = {
    "万": 10_000,
    "百万": 1_000_000,
    "千": 1_000,
    "亿": 100_000_000,
    "million": 1_000_000,
    "thousand": 1_000,
}
_DIGITS = r"\d{1,3}(?:,\d{3}){1,3}(?!\d)|\d{1,9}(?:\.\d{1,4})?"
_WORDS = "|".join(sorted(NUMBER_WORDS, key=len, reverse=True))
_HAN = "[一二两三四五六七八九十百]{1,5}"
_POWER = r"(?:\s?(?:million|thousand)\b|[多余]?(?:百万|[万千亿]))?"
_MORE_WORDS = rf"(?:[\s-](?:and\s)?(?:{_WORDS})(?![a-z])){{0,3}}"  # two hundred and twenty-five
NUMBER = (
    rf"(?:(?:{_DIGITS}){_POWER}|(?:{_WORDS})(?![a-z]){_MORE_WORDS}{_POWER}|(?:half\s)?an?\s(?:million|thousand)(?![a-z])"
    rf"|{_HAN}[万千]?)"
)
_FEW = ("one", "two", "three")  # so many studies may be those that are reported on; more are reviewed
_MANY_WORDS = "|".join(word for word in NUMBER_WORDS if word not in _FEW)
MANY = rf"(?:[4-9]|[1-9]\d{{1,3}}|1,\d{{3}}|[四五六七八九十]{{1,4}}|(?:{_MANY_WORDS})(?![a-z]))(?!\d)"
_UNITS = {
    "day": "days", "week": "weeks", "month": "months", "year": "years", "decade": "years",
    "天": "days", "日": "days", "周": "weeks", "星期": "weeks", "个月": "months", "月": "months", "年": "years",
}  # fmt: skip
_DAYS = {"days": 1, "weeks": 7, "months": 30.4, "years": 365}
DURATION = (
    rf"(?:(?:{_DIGITS}|{_WORDS}|an?)[\s-]{{1,2}}(?:and a half[\s-])?(?:day|week|month|year|decade)s?"
    r"(?: and a half)?(?![a-z])"
    rf"|(?:(?<!\d)\d{{1,3}}(?:\.\d)?|{_HAN}|半)\s?(?:余|多)?(?:个?星期|个月|[天日周]|年半?)(?!龄|级|代|度|份))"
)
_DURATION = re.compile(DURATION)
_UNIT = re.compile("|".join(sorted(_UNITS, key=len, reverse=True)))


def number(text: str) -> float | None:
    """Return the value of a number such as `1,800`, `twenty two`, `1.2 million`, `20万` or `十二`; None for none."""
    text = text.strip().lower()
    if text.startswith(("a ", "half a ")):
        return _POWERS[text.split()[-1]] * (0.5 if text.startswith("half") else 1)
    for word in sorted(_POWERS, key=len, reverse=True):
        if text.endswith(word) and text != word:
            base = number(text.removesuffix(word).rstrip("多余"))
            return None if base is None else round(base * _POWERS[word], 2)
    plain = text.replace(",", "")
    if re.fullmatch(r"\d+(?:\.\d+)?", plain):
        return float(plain)
    parts = re.split(r"[\s-]+", text)
    if all(part in NUMBER_WORDS or part == "and" for part in parts):
        return float(_joined([NUMBER_WORDS[part] for part in parts if part != "and"]))
    return _han(text)


def _joined(values: list[int]) -> int:
    """Return the number that words such as `two`, `hundred`, `twenty` say together."""
    total = 0
    for value in values:
        is_factor = total > 0 and value in {NUMBER_WORDS["hundred"], NUMBER_WORDS["dozen"]}
        total = total * value if is_factor else total + value
    return total


def _han(text: str) -> float | None:
    if not text or any(character not in _HAN_DIGITS and character not in "十百" for character in text):
        return None
    total, digit = 0, 0
    for character in text:
        if character in _HAN_DIGITS:
            digit = _HAN_DIGITS[character]
        else:
            total += (digit or 1) * (10 if character == "十" else 100)
            digit = 0
    return float(total + digit)


def longest_duration(text: str) -> tuple[str, float] | None:
    """Return the longest duration in the text as `12 months`, with its length in days; None if there is none."""
    found = [each for match in _DURATION.finditer(text) if (each := _duration(match[0]))]
    return max(found, key=lambda each: each[1], default=None)


def _duration(text: str) -> tuple[str, float] | None:
    unit = _UNIT.search(text)
    if unit is None:
        return None
    written = text[: unit.start()].replace("and a half", "").strip(" -余多个")
    value = 0.5 if written == "半" else 1.0 if written in {"a", "an"} else number(written)
    if not value:
        return None
    if "and a half" in text or (text.endswith("半") and written != "半"):
        value += 0.5
    name = _UNITS[unit[0]]
    value *= 10 if unit[0] == "decade" else 1
    shown = f"{value:g} {name if value != 1 else name[:-1]}"
    return shown, value * _DAYS[name]
