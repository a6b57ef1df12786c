"""Mentions of journals in Chinese, Japanese and Korean sentences, with and without 《》."""

import re
from collections.abc import Iterator

from archive.references.journal_names import (
    CHINESE_NAMES,
    FLAGSHIPS,
    FOREIGN_NAMES,
    NAME_AHEAD,
    RUN,
    is_magazine,
    is_other,
    name_at,
    standing,
)
from archive.references.mention import Mention, after, before
from archive.text.scripts import CJK, HAN, HANGUL, KANA
from archive.text.word_lists import alternatives, read_word_list

_WORDS: dict[str, list[str]] = {
    name: sorted(words, key=len, reverse=True)
    for name, words in read_word_list("archive.references", "mentions_cjk").items()
}
_VERB = alternatives(_WORDS["verbs"])
_LEADING_VERB = alternatives(_WORDS["leading_verbs"])
_NOUN = alternatives(_WORDS["nouns"])
_LEARNED = re.compile(alternatives(_WORDS["learned"]))
_STRONG = re.compile(alternatives([*_WORDS["verbs"], *_WORDS["nouns"], *_WORDS["strong"]]))
_RESEARCH = re.compile(alternatives(_WORDS["research"]))
_OF_JOURNALS = frozenset({"期刊", "学术", "學術", "医学", "학술"})
# A publication, where the sentence names a journal with its noun: 期刊 itself says nothing about one.
_PUBLICATION = re.compile(
    alternatives(
        [*_WORDS["verbs"], *_WORDS["strong"], *(word for word in _WORDS["research"] if word not in _OF_JOURNALS)]
    )
)
_IN = re.compile(
    rf"{_VERB}[了過过]?\s?(?:在|于|於|到|至|上了?|{'|'.join(f'(?<={verb})' for verb in _WORDS['located_verbs'])})"
    r"[^《》。；;\n]{0,30}$"
)
_NOUN_BEFORE = re.compile(rf"{_NOUN}[\s:：—-]{{0,3}}$")
_NOUN_AFTER = re.compile(rf"\s?(?:[(（][^()（）]{{1,60}}[)）])?\s?(?:[{HAN}]{{0,4}}?)(?P<noun>{_NOUN})")
_OTHER_ROLE = re.compile(alternatives(_WORDS["other_roles"]))
_NOT_SCIENCE = re.compile(alternatives(_WORDS["not_science"]))
_LOCAL = re.compile(rf"{alternatives(_WORDS['local'])}{alternatives(_WORDS['local_relations'])}")
_TITLE = re.compile(r"[《『「〈](?P<name>[^《》『』「」〈〉\n]{1,90})[》』」〉]")
_CJK = re.compile(f"[{CJK}]")
_FAMILY = alternatives(_WORDS["family"])
_SKIP_SUB = re.compile(rf"\s?(?:杂志|雜誌|期刊)?(?:的|の)?{_FAMILY}")
_SUB_ALONE = re.compile(
    rf"\s?(?:杂志|雜誌|期刊)?(?:的|の)?(?:子刊|姊妹刊|姉妹誌|자매지)(?![^。\n]{{0,14}}(?:[《A-Z]|{_NOUN}))"
)
_IN_BRACKETS = re.compile(rf"\s?(?:[(（][^()（）]{{1,60}}[)）])?(?:{_NOUN}|{alternatives(_WORDS['places'])}|上)")
# `《柳叶刀》是英国的医学期刊`, `《自然》和《科学》都是期刊`: what a journal is.
_IS = re.compile(
    rf"\s?{_NOUN}?(?:(?:、|和|与|及)《[^》\n]{{1,30}}》{_NOUN}?){{0,3}}(?:都|均|同)?(?:是|为|系|由|每[周月年两])"
)
_LOCATOR = re.compile(r"[,，(（\s]{0,2}(?:19|20)\d\d\s?年?[,，\s]?第?\s?\d{1,4}\s?[卷期(（]")
_REPORTED = re.compile(rf"\s?{_NOUN}?{alternatives(_WORDS['times'])}{{0,4}}{alternatives(_WORDS['following_verbs'])}")
_BARE_LEAD = re.compile(
    rf"{_LEADING_VERB}[了過过]?\s?(?:在|于|於|到|至)?(?P<between>[^《》。；;，,\n]{{0,24}}?)"
    r"(?P<quote>[\"“‘「『]?)(?=[A-Z]|npj |eLife|iScience|bioRxiv|medRxiv|arXiv)"
)
_PLACE_AFTER = re.compile(
    rf"\s?[\"”’」』]?\s?(?:[(（][^()（）]{{1,60}}[)）]\s?)?{alternatives(_WORDS['place_words'])}{{0,3}}"
    rf"{alternatives(_WORDS['places'])}"
)
# `期刊"Sleep"上发表`, `Science子刊Science Immunology`, `在Nature Medicine上报告`.
_AFTER_NOUN = re.compile(rf"(?:(?P<noun>{_NOUN}|子刊|姊妹刊)|在|于|於)\s?[\"“‘「『]?{NAME_AHEAD}")
_UPON = re.compile(rf"[\"”’」』]?\s?(?:[(（][^()（）]{{1,60}}[)）]\s?)?(?P<noun>{_NOUN})?上")
_BRACKETED = re.compile(r"\s?[(（][^()（）\n]{1,40}[)）]")
_NO_PLACE = re.compile(rf"\s?(?:\d{{4}})?{alternatives(_WORDS['no_places'])}")
_CHINESE_NAME = rf"(?:{CHINESE_NAMES}|(?:中华|中華)[{HAN}]{{1,12}}?(?:杂志|雜誌))"
_BARE_CHINESE = re.compile(
    rf"(?P<sure>{_CHINESE_NAME})(?P<noun>杂志|雜誌|期刊)?|(?P<common>自然|科学"
    rf"|細胞|细胞)(?:杂志|雜誌|期刊)"
    rf"|(?:^|(?<=[，。,；;：:\s“]))(?:近期|近日|日前|最近)?[，,]?(?P<generic>[{HAN}]{{2,10}}?)期刊杂志"
)
_GENERIC = re.compile(alternatives(_WORDS["generic"]))
# A line that begins with a journal: `柳叶刀最新研究显示`, `Nature：`, `《BMJ》：`.
_HEADLINE = re.compile(
    rf"(?:^|(?<=\n))[ \t　]{{0,4}}[《【\[]?(?P<name>{CHINESE_NAMES}|"
    rf"[A-Z][A-Za-z&.]{{1,20}}(?: [A-Z&][A-Za-z&.]{{0,20}}){{0,5}})[》】\]]?"
    rf"\s?(?:(?P<words>{alternatives(_WORDS['headlines'])})|：(?=[{CJK}]))"
)
_PREPRINT = re.compile(
    rf"{alternatives(_WORDS['preprint_servers'])}\s?[《「『\"“]?(?P<name>bioRxiv|BioRxiv|medRxiv|MedRxiv|arXiv|ArXiv|SSRN"
    r"|Research Square|ChemRxiv|ChinaXiv)"
)
_LATIN = r"[A-Z][A-Za-z&.]{1,20}(?: (?:of |the |and |in )?[A-Z&][A-Za-z&.]{0,20}){0,7}"
_OPEN = "[\"'“‘「『《〈]"
_CLOSE = "[\"'”’」』》〉]"
# `英科学誌ネイチャーに掲載`, `米医学誌JAMAで発表`.
_JAPANESE = re.compile(
    rf"{alternatives(_WORDS['japanese_nouns'])}\s?[・、]?(?P<name>[{KANA}]{{2,30}}?|{_LATIN})"
    rf"(?:[(（][^()（）]{{1,60}}[)）])?{alternatives(_WORDS['japanese_particles'])}"
)
# `국제학술지 '네이처'에 게재`, `학술지 사이언스에 발표`.
_KOREAN = re.compile(
    rf"{alternatives(_WORDS['korean_nouns'])}(?:인)?\s?(?:{_OPEN}"
    rf"(?P<quoted>[^\"'“”‘’《》〈〉「」\n()（）]{{1,80}}?)\s?"
    rf"(?:[(（][^()（）\n]{{1,80}}[)）])?{_CLOSE}"
    rf"|(?P<plain>{FOREIGN_NAMES}|{_LATIN}|[{HANGUL}]{{2,20}}?(?=(?:지?에서?)\s?{_VERB})))"
    rf"(?:[(（][^()（）\n]{{1,80}}[)）])?\s?{alternatives(_WORDS['korean_particles'])}"
)
# Names that are listed, in quotes or before the name in Latin letters: `'란셋(The Lancet)'`.
_KNOWN_FOREIGN = re.compile(
    rf"{_OPEN}(?P<name>{FOREIGN_NAMES})(?:[(（][^()（）\n]{{1,80}}[)）])?{_CLOSE}"
    rf"(?=\s?{alternatives([*_WORDS['japanese_particles'], *_WORDS['korean_particles'], *_WORDS['nouns']])})"
    rf"|(?P<bare>{FOREIGN_NAMES})(?=[(（][A-Z])"
)


def cjk_mentions(text: str) -> Iterator[Mention]:
    """Yield the mentions in Chinese, Japanese and Korean sentences, not those in sentences of other languages."""
    if text.isascii() or not _CJK.search(text):
        return
    yield from _headlines(text)
    if _STRONG.search(text) or _TITLE.search(text):
        yield from _in_title_marks(text)
        yield from _latin(text)
        yield from _bare(text)
        yield from _japanese_and_korean(text)


def _headlines(text: str) -> Iterator[Mention]:
    for match in _HEADLINE.finditer(text):
        name = match["name"]
        if standing(name) == "sure" or name in FLAGSHIPS:
            if match["words"] == "子刊" and not _SUB_ALONE.match(text, match.end("name")):
                continue
            yield Mention(match.start("name"), match.end("name"), name)


def _in_title_marks(text: str) -> Iterator[Mention]:
    for match in _TITLE.finditer(text):
        name = match["name"].strip()
        lead, rest = before(text, match.start(), 60), after(text, match.end(), 40)
        if _SKIP_SUB.match(rest) and re.search("[《A-Z]", rest):
            continue
        if (
            match[0][0] in "「『"
            and standing(name) == "common"
            and not _IN_BRACKETS.match(rest)
            and not _IN.search(lead)
        ):
            continue  # quotes around everyday words: 「セル」というキャラクター
        if _is_titled_journal(name, lead, rest):
            start = match.start("name")
            yield Mention(start, start + len(match["name"]), name)


def _is_titled_journal(name: str, lead: str, rest: str) -> bool:
    around = lead + " " + rest
    if (
        _OTHER_ROLE.search(_BRACKETED.sub("", rest, count=1)[:12])
        or _NOT_SCIENCE.search(around[-90:])
        or is_magazine(name)
    ):
        return False
    found = standing(name)
    noun = bool(_NOUN_BEFORE.search(lead) or _NOUN_AFTER.match(rest))
    placed = bool(_IN.search(lead))
    if _IS.match(rest) and not placed:
        return False
    if found == "sure":
        headed = rest.startswith(("：", ":")) or (" " in name and not _CJK.search(name))
        stated = not rest.strip("》) ）") and lead.rstrip().endswith(("：", ":"))
        return placed or headed or stated or bool(_LOCATOR.match(rest)) or bool(_PUBLICATION.search(around))
    if found == "common":
        stated = not rest.strip() and lead.rstrip().endswith(("来源：", "来源:", "出处：", "出处:"))
        return placed or stated or bool(_STRONG.search(around) if not noun else _PUBLICATION.search(around))
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
    return bool(_LEARNED.search(lead[-6:] + " " + rest[:70])) or bool(_RESEARCH.search(lead + rest))


def _latin(text: str) -> Iterator[Mention]:
    """Yield names in Latin letters without 《》: 发表在 Cell Stem Cell 上, … 杂志, … 曾报道, 预印本平台 …."""
    yield from _after_verb(text)
    yield from _after_noun(text)
    yield from _before_verb(text)
    for match in _PREPRINT.finditer(text):
        if _PUBLICATION.search(_around(text, match)):
            yield Mention(match.start("name"), match.end("name"), match["name"])


def _after_verb(text: str) -> Iterator[Mention]:
    """Yield names after a verb: 发表在 Cell Stem Cell 上."""
    for match in _BARE_LEAD.finditer(text):
        name = name_at(text, match.end())
        if not name or _NO_PLACE.match(text, name.end) or is_other(name.text):
            continue
        if _SKIP_SUB.match(text, name.end) and not _SUB_ALONE.match(text, name.end):
            continue
        noun = bool(re.match(rf"[\"”’」』]?\s?{_NOUN}", text[name.end : name.end + 8])) or bool(
            re.search(rf"{_NOUN}[\s:：]*$", match["between"])
        )
        located = bool(re.match(r".{2,3}?[了過过]?\s?(?:在|于|於|到|至)|登上|掲載", match[0]))
        known = name.standing in {"sure", "common"} and (located or noun)
        shaped = name.standing == "shaped" and located and (noun or bool(_PLACE_AFTER.match(text, name.end)))
        if known or shaped or (noun and located):
            yield Mention(name.start, name.end, name.text)


def _after_noun(text: str) -> Iterator[Mention]:
    """Yield names after a word for journal or before 上, where the sentence speaks of a publication."""
    for match in _AFTER_NOUN.finditer(text):
        name = name_at(text, match.end())
        if not name or not name.standing or is_other(name.text):
            continue
        rest = text[name.end : name.end + 100]
        if _SKIP_SUB.match(rest) or _NO_PLACE.match(rest) or _OTHER_ROLE.search(_BRACKETED.sub("", rest, count=1)[:10]):
            continue
        upon = _UPON.match(rest)
        placed = upon and (name.standing == "sure" or upon["noun"])
        if (match["noun"] or placed) and _PUBLICATION.search(
            before(text, match.start(), 60) + " " + after(text, name.end, 40)
        ):
            yield Mention(name.start, name.end, name.text)


def _before_verb(text: str) -> Iterator[Mention]:
    """Yield names before a verb or a noun: NEJM 近日发表, Cell 杂志."""
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
        published = noun and found in {"sure", "common"} and bool(_PUBLICATION.search(_around(text, match)))
        if published or (found and reported and (noun or found != "shaped")):
            yield Mention(match.start(), match.start() + len(printed), printed)


def _around(text: str, match: re.Match[str]) -> str:
    """Return what stands before and after a match in its sentence."""
    return before(text, match.start(), 60) + " " + after(text, match.end(), 40)


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


def _japanese_and_korean(text: str) -> Iterator[Mention]:
    for pattern in (_JAPANESE, _KOREAN, _KNOWN_FOREIGN):
        for match in pattern.finditer(text):
            group = match.lastgroup or "name"
            name = match[group].strip()
            around = _around(text, match)
            if is_magazine(name) or (not _CJK.search(name) and is_other(name)):
                continue
            if _OTHER_ROLE.search(after(text, match.end(), 10)) or _NOT_SCIENCE.search(around):
                continue
            if _PUBLICATION.search(around):
                yield Mention(match.start(group), match.start(group) + len(name), name)
