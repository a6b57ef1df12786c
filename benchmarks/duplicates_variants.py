"""Generate variants of a text as other sites publish it: cut, framed, reordered, reworded and so on.

Every function takes the text, a random generator and a text of the same language to borrow words from.
"""

import re
from collections.abc import Callable
from itertools import count
from random import Random

from archive.text.folding import table
from archive.text.scripts import CJK, HAN, count_cjk, has_cjk

Variant = Callable[[str, Random, str], str]

_SENTENCE = re.compile(r"[^。！？.!?]*[。！？.!?]+[”’\"')）]*\s*|[^。！？.!?]+$")
_NUMBER = re.compile(r"\d+")
_WORD = re.compile(rf"[^\W\d_{CJK}]{{3,}}|[{HAN}]{{2}}")

HEADS = {
    True: ("本报讯（记者 {name}）近日，据新华社客户端消息：", "来源：{name}健康网　责任编辑：{name}　字号：大 中 小"),
    False: ("{name}, May 21 (Newswire) - This story was first published by our partner {name}.",
            "By {name} Staff. Last reviewed by a medical editor. Share this story with your friends."),
}  # fmt: skip
TAILS = {
    True: "本文仅代表作者个人观点，与本网无关。{name}网转载此文出于传递更多信息之目的，并不意味着赞同其观点或证实其"
    "描述。如涉及版权问题，请与本站联系，我们将及时处理。未经授权不得转载。",
    False: "This article is provided for information only and does not replace the advice of a doctor. {name} is not "
    "responsible for the content of external sites. All rights reserved. Sign up for our newsletter to get the latest "
    "stories on health and medicine in your inbox every week.",
}
HEADLINES = {
    True: "Researchers report new results that may change how patients are treated, experts say",
    False: "最新研究：专家称这一发现或将改变患者的治疗方式",
}


def is_unspaced(text: str) -> bool:
    """Return whether a text is mainly Chinese, Japanese or Korean."""
    return count_cjk(text) > 0.3 * len(text)


def lead(text: str, _random: Random, _other: str, share: float = 0.5) -> str:
    """Return the first paragraphs up to `share` of the text; the first sentences if there is one paragraph."""
    parts = paragraphs(text)
    parts = parts if len(parts) > 3 else _SENTENCE.findall(text)
    kept: list[str] = []
    length = 0
    for part in parts:
        if kept and length + len(part) > share * len(text):
            break
        kept.append(part)
        length += len(part)
    return "\n\n".join(kept)


def third(text: str, random: Random, other: str) -> str:
    """Return the first third."""
    return lead(text, random, other, 1 / 3)


def framed(text: str, random: Random, other: str) -> str:
    """Return the text with a site's boilerplate before and after it."""
    name = random.choice(_WORD.findall(other) or ["Anon"])
    han = is_unspaced(text)
    head, tail = (part.replace("{name}", name) for part in (random.choice(HEADS[han]), TAILS[han]))
    return f"{head}\n\n{text}\n\n{tail}"


def dropped(text: str, random: Random, _other: str) -> str:
    """Return the text without every fifth sentence."""
    return "\n\n".join(
        "".join(s for s in _SENTENCE.findall(part) if random.random() > 0.2) for part in paragraphs(text)
    )


def reordered(text: str, random: Random, _other: str) -> str:
    """Return its paragraphs in another order, or its sentences if there are few paragraphs."""
    parts = paragraphs(text)
    parts = parts if len(parts) > 3 else _SENTENCE.findall(text)
    return "\n\n".join(random.sample(parts, len(parts)))


def reworded(text: str, random: Random, other: str, share: float = 0.05) -> str:
    """Return the text with `share` of its words replaced."""
    words = _WORD.findall(other) or ["word"]
    return _WORD.sub(lambda match: random.choice(words) if random.random() < share else match[0], text)


def rewritten(text: str, random: Random, other: str) -> str:
    """Return the text with every tenth word replaced."""
    return reworded(text, random, other, 0.1)


def paraphrased(text: str, random: Random, other: str) -> str:
    """Return the text with every fifth word replaced, which is nearly another text."""
    return reworded(text, random, other, 0.2)


def rescripted(text: str, _random: Random, _other: str) -> str:
    """Return Chinese text in Traditional characters, other text in capitals."""
    if not is_unspaced(text):
        return text.upper()
    forms = {ord(plain): form for form, plain in table().items() if has_cjk(form) and len(plain) == 1}
    return text.translate(forms)


def headed(text: str, _random: Random, _other: str) -> str:
    """Return the text with a headline in another language."""
    return f"{HEADLINES[is_unspaced(text)]}\n\n{text}"


def refigured(text: str, random: Random, _other: str) -> str:
    """Return the text with every fifth number changed, at least one: an update of the report."""
    numbers = len(_NUMBER.findall(text))
    changed = set(random.sample(range(numbers), min(numbers, max(1, numbers // 5))))
    at = count()
    more = random.randint(1, 9)
    return _NUMBER.sub(lambda match: str(int(match[0]) + more) if next(at) in changed else match[0], text)


def syndicated(text: str, random: Random, other: str) -> str:
    """Return three quarters of the text with sentences dropped, words changed and boilerplate around it."""
    short = lead(text, random, other, 0.75)
    return framed(reworded(dropped(short, random, other), random, other), random, other)


VARIANTS: tuple[Variant, ...] = (
    lead, third, framed, dropped, reordered, reworded, rewritten, paraphrased, rescripted, headed, refigured,
    syndicated,
)  # fmt: skip


def paragraphs(text: str) -> list[str]:
    """The paragraphs of a text, parted by blank lines, or by line breaks where there are none."""
    return [part for part in re.split(r"\n\s*\n" if "\n\n" in text else r"\n", text) if part.strip()]
