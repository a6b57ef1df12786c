"""The words that introduce a reference list, in the languages met on health pages."""

import re
from typing import NamedTuple

# Words that introduce nothing but literature.
_SURE = (
    r"参考文献(?:及?资料|和资料|列表|来源|一览|与注释|・資料)?",
    "参考資料|參考文獻|参考资料|參考資料|参考来源|參考來源|参考书目|參考書目|参考图书|参考論文(?:リスト)?",
    "引用文献|引用文獻|引文|文献来源|文獻來源|文献出处|主要文献",
    r"(?:selected |key |main |cited |full |article |scientific |additional )?references?(?: cited)?",
    r"(?:references|notes) (?:and|&) (?:notes|references|further reading|sources|resources)",
    r"bibliograph(?:y|ies|ie)|reference list|list of references|works cited|literature(?: cited)?",
    r"footnotes?|endnotes|citations?|links to (?:the )?(?:science|stud(?:y|ies)|research)",
    r"literatur(?:verzeichnis|hinweise|angaben|nachweise)?|r[eé]f[eé]rences(?: bibliographiques)?",
    r"bibliograf[ií]a|referencias|riferimenti|참고 ?문헌|참고 ?자료",
)
# Words that also introduce other things: every entry must then be a reference by itself.
_UNSURE = (
    "参考|资料来源|資料來源|信息来源|数据来源|文献|出处|原文出处|文章来源|论文信息|论文链接|出典|資料|参考サイト",
    "延伸阅读|延伸閱讀|扩展阅读|推荐文献|参考链接|相关文献",
    r"(?:article |our |data )?sources?|sources? (?:and|&) (?:further reading|references|resources)",
    r"further reading|additional reading|more information|journal references?|study reference|related publications?",
    r"original (?:publication|paper|article|study)|publication|paper|notes",
    r"how we (?:reviewed|vetted|fact[- ]checked) this (?:article|content|page|story)|our sources|scientific sources",
    r"quellen(?:angaben?|verzeichnis|nachweise?)?|quelle|originalpublikation|weiterf[üu]hrende literatur",
)
_WORDS = f"(?:(?P<sure>{'|'.join(_SURE)})|(?P<unsure>{'|'.join(_UNSURE)}))"
_OPEN = (
    r"[\W_]*(?:[一二三四五六七八九十]{1,3}\s?[、.．]\s?|\d{1,2}\s?[、.．]\s?)?[\W_]*"
    r"(?:主要|本文|部分|相关|附录?[:：]?)?"
)
_COUNT = r"(?:\s?[(（\[［【]\s?(?:\d{1,3}|edit|编辑|略|部分|references?|sources?)\s?[)）\]］】]|\s?\d{1,3}\s?(?=$))?"
_TWICE = r"(?:\s?/?\s?(?:references?|参考文献|sources?))?"
_HEADING = re.compile(rf"{_OPEN}{_WORDS}{_COUNT}{_TWICE}[\W_]*$", re.IGNORECASE)
_LEAD = re.compile(
    rf"{_OPEN}{_WORDS}(?:\s?[:：】\]］〕)）]+[:：]?\s?|\s(?=[\[【［]\s?1\s?[\]】］]))",
    re.IGNORECASE,
)
_LONGEST = 60  # characters; the longest heading met has 38


class Heading(NamedTuple):
    """`sure` says that the word means literature and nothing else; `end` is where the text after it begins."""

    sure: bool
    end: int


def read_heading(text: str) -> Heading | None:
    """The heading that a whole line is, if it introduces references."""
    if len(text) > _LONGEST:
        return None
    match = _HEADING.match(text)
    return Heading(match["sure"] is not None, len(text)) if match else None


# What sites print between such a heading and its list: how they choose their sources.
_POLICY = re.compile(
    r"sourcing guidelines|peer-reviewed (?:studies|research|journals)|primary sources|high-quality sources"
    r"|editorial (?:policy|process|standards)",
    re.IGNORECASE,
)


def is_policy(text: str) -> bool:
    """Whether a line tells how the site chooses the sources that follow."""
    return len(text) < 700 and bool(_POLICY.search(text))


def read_lead(text: str) -> Heading | None:
    """The heading that a line begins with, as in `参考文献：[1] …`; the rest of the line holds entries."""
    match = _LEAD.match(text[:_LONGEST])
    return Heading(match["sure"] is not None, match.end()) if match and match.end() < len(text) else None
