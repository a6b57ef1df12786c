"""Mentions of journals in Chinese and Japanese sentences, with and without 《》."""

import re
from collections.abc import Iterator

from archive.references.journal_names import CHINESE_NAMES, RUN, is_magazine, is_other, name_at, standing
from archive.references.mention import Mention, after, before
from archive.text.scripts import HAN, KANA

_VERB = (
    r"(?:发表|發表|刊登|刊發|刊发|刊载|刊載|登载|登載|刊于|刊於|刊出|载于|載於|发布|發佈|公布|公佈|见刊|登上|报道|報道|報導|掲載"
    r"|发文|刊文|撰文|收录)"
)
_NOUN = r"(?:期刊|杂志|雜誌|学报|學報|学刊|刊物|誌)"
_STRONG = re.compile(rf"{_VERB}|{_NOUN}|论文|論文|封面|子刊|上线|在线|最新一期")
_RESEARCH = re.compile(
    r"研究|论文|論文|病例|综述|試驗|试验|科学家|科學家|学者|團隊|团队|成果|学术|學術|实验|数据|医学|分析|指出|显示|发现|期刊"
)
_IN = re.compile(
    rf"{_VERB}[了過过]?\s?(?:在|于|於|到|至|上了?|(?<=刊于)|(?<=载于)|(?<=登上)|(?<=刊於))[^《》。；;\n]{{0,30}}$"
)
_NOUN_BEFORE = re.compile(rf"{_NOUN}[\s:：—-]{{0,3}}$")
_NOUN_AFTER = re.compile(rf"\s?(?:[(（][^()（）]{{1,60}}[)）])?\s?(?:[{HAN}]{{0,4}}?)(?P<noun>{_NOUN})")
# Who edits, orders, ranks or reads a journal cites nothing of it.
_OTHER_ROLE = re.compile(
    r"主编|主編|总编|编委|編委|审稿|審稿|编辑|記者|记者|订阅|訂閱|影响因子|影響因子|旗下|出版集团|出版社|官网|官微|公众号"
)
_NOT_SCIENCE = re.compile(
    r"课本|教材|教科书|课程|作文|小说|小說|电影|電影|诗|詩|散文|专辑|歌曲|纪录片|电视|游戏|展览|爱默生|品牌|商标"
)
_LOCAL = re.compile(r"(?:我院|本院|院内|医院|公司|集团|学校|单位|企业|社区)(?:的|自办|内部|主办)")
_TITLE = re.compile(r"[《『「](?P<name>[^《》『』「」\n]{1,90})[》』」]")
_CJK = re.compile(f"[{KANA}{HAN}]")
_SKIP_SUB = re.compile(r"\s?(?:子刊|旗下|系列|出版集团|出版社|编辑部|官网|主编|编委|影响因子)")
_REPORTED = re.compile(
    rf"\s?{_NOUN}?(?:上|也|曾|近日|最近|最新|日前|在线|線上|近期|今天|昨日|曾经|于|就|还|刚刚|正式|重磅|\d+月|\d+日){{0,4}}(?:发表|發表|刊登|刊发|刊發|报道过"
    rf"|报道了|報道|发文|刊文|刊载|刊載|报道)"
)
_BARE_LEAD = re.compile(
    r"(?:发表|發表|刊登|刊發|刊发|刊载|刊載|登载|刊于|刊於|载于|載於|见刊|登上|发布|掲載)[了过過]?\s?(?:在|于|於|到|至)?(?P<between>[^《》。；;，,\n]{0,24}?)"
    r"(?P<quote>[\"“‘「『]?)(?=[A-Z]|npj |eLife|iScience|bioRxiv|medRxiv|arXiv)"
)
_PLACE_AFTER = re.compile(
    r"\s?[\"”’」』]?\s?(?:[(（][^()（）]{1,60}[)）]\s?)?(?:这一|这本|国际|学术|权威|医学|等){0,3}(?:期刊|杂志|雜誌|学报|誌|上|的)"
)
_NO_PLACE = re.compile(r"\s?(?:\d{4})?(?:年会|大会|会议|官网|网站|平台|博客|账号|频道|论坛|峰会|公众号|头条)")
_BARE_CHINESE = re.compile(
    rf"(?P<sure>{CHINESE_NAMES}|(?:中华|中華)[{HAN}]{{1,12}}?(?:杂志|雜誌))(?P<noun>杂志|雜誌|期刊)?|(?P<common>自然|科学"
    rf"|細胞|细胞)(?:杂志|雜誌|期刊)"
    rf"|(?:^|(?<=[，。,；;：:\s“]))(?:近期|近日|日前|最近)?[，,]?(?P<generic>[{HAN}]{{2,10}}?)期刊杂志"
)
_GENERIC = re.compile(r"权威|知名|顶级|国际|著名|核心|专业|国内|国外|某|这|该|一本|多本|各|的|在|学术$|等|同行|相关")


def cjk_mentions(text: str) -> Iterator[Mention]:
    """Yield the mentions in Chinese and Japanese sentences, not those in English ones."""
    if not _CJK.search(text) or not (_STRONG.search(text) or _TITLE.search(text)):
        return
    yield from _in_title_marks(text)
    yield from _latin(text)
    yield from _bare(text)


def _in_title_marks(text: str) -> Iterator[Mention]:
    for match in _TITLE.finditer(text):
        name = match["name"].strip()
        lead, rest = before(text, match.start(), 60), after(text, match.end(), 40)
        if _SKIP_SUB.match(rest) and re.search("[《A-Z]", rest):
            continue
        if _is_titled_journal(name, lead, rest):
            start = match.start("name")
            yield Mention(start, start + len(match["name"]), name)


def _is_titled_journal(name: str, lead: str, rest: str) -> bool:
    around = lead + " " + rest
    if _OTHER_ROLE.search(rest[:12]) or _NOT_SCIENCE.search(around[-90:]) or is_magazine(name):
        return False
    found = standing(name)
    noun = bool(_NOUN_BEFORE.search(lead) or _NOUN_AFTER.match(rest))
    placed = bool(_IN.search(lead))
    if found == "sure":
        headed = rest.startswith(("：", ":")) or (" " in name and not _CJK.search(name))
        return noun or placed or headed or bool(_STRONG.search(around) or _RESEARCH.search(around))
    if found == "common":
        return noun or placed or bool(_STRONG.search(around))
    latin = not _CJK.search(name)
    if latin and is_other(name):
        return False
    if found == "shaped" or (latin and " " in name):
        return placed or noun
    return _is_unknown_journal(lead, rest, noun, placed)


def _is_unknown_journal(lead: str, rest: str, noun: bool, placed: bool) -> bool:
    """Return whether an unknown name is a journal: it is called one, and something was published in it.

    期刊 alone is a learned journal's word; 杂志 is also that of magazines, so the sentence must speak of research.
    """
    if not (noun and (placed or re.match(rf"[^。]{{0,12}}{_VERB}", rest))) or _LOCAL.search(lead):
        return False
    called = "".join(re.findall(_NOUN, lead[-6:] + " " + rest[:70]))
    return "期刊" in called or "学报" in called or "学刊" in called or bool(_RESEARCH.search(lead + rest))


def _latin(text: str) -> Iterator[Mention]:
    """Yield names in Latin letters without 《》: 发表在 Cell Stem Cell 上, … 杂志, … 曾报道."""
    for match in _BARE_LEAD.finditer(text):
        name = name_at(text, match.end())
        if not name or _NO_PLACE.match(text, name.end) or _SKIP_SUB.match(text, name.end) or is_other(name.text):
            continue
        noun = bool(re.match(rf"[\"”’」』]?\s?{_NOUN}", text[name.end : name.end + 8])) or bool(
            re.search(rf"{_NOUN}[\s:：]*$", match["between"])
        )
        located = bool(re.match(r".{2,3}?[了过過]?\s?(?:在|于|於|到|至)|登上|掲載", match[0]))
        known = name.standing in {"sure", "common"} and (located or noun)
        shaped = name.standing == "shaped" and located and (noun or bool(_PLACE_AFTER.match(text, name.end)))
        if known or shaped or (noun and located):
            yield Mention(name.start, name.end, name.text)
    for match in RUN.finditer(text):
        following = text[match.end() : match.end() + 24]
        if not _CJK.match(following.lstrip(" ")[:1] or "a"):
            continue
        printed = match[0].rstrip(" .,:&-")
        found = standing(printed)
        noun = bool(re.match(rf"\s?{_NOUN}", following))
        if _SKIP_SUB.match(following) or _OTHER_ROLE.search(following[:10]):
            continue
        reported = bool(_REPORTED.match(following))
        if found and (reported or (noun and found in {"sure", "common"})) and not (found == "shaped" and not noun):
            yield Mention(match.start(), match.start() + len(printed), printed)


def _bare(text: str) -> Iterator[Mention]:
    """Chinese names without marks: 柳叶刀杂志, 中华医学杂志, 自然杂志."""
    for match in _BARE_CHINESE.finditer(text):
        group = match.lastgroup if match.lastgroup != "noun" else "sure"
        name = match[group or "sure"]
        around = before(text, match.start(), 40) + " " + after(text, match.end(), 30)
        if _SKIP_SUB.match(text, match.end()) or _OTHER_ROLE.search(after(text, match.end(), 10)):
            continue
        if re.search(r"[《『「][^》』」]*$", before(text, match.start(), 60)):
            continue
        if group == "generic" and (_GENERIC.search(name) or not re.search(_VERB, after(text, match.end(), 12))):
            continue
        if re.search(_VERB, around) or (group == "sure" and _STRONG.search(around) and _RESEARCH.search(around)):
            yield Mention(match.start(group or "sure"), match.end(group or "sure"), name)
