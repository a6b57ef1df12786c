"""Generate pairs of texts that look like duplicates but are not."""

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import count
from random import Random

from archive.text.shingles import units
from benchmarks.duplicates_variants import is_unspaced, lead, paragraphs

Pair = tuple[str, str]

_SLOT = re.compile(r"\{[mdn]\}")

TEMPLATES = {
    True: "【{name}健康】关注微信公众号，每天获取权威医学资讯。\n\n{body}\n\n特别声明：以上内容（如有图片或视频亦包括"
    "在内）为自媒体平台用户上传并发布，本平台仅提供信息存储服务。本网站所提供的信息只供参考之用，不能代替专业医生的诊断和治疗建议。如您身体不适，请及时"
    "前往正规医院就诊。本网站及其雇员一概毋须以任何方式就任何信息传递或传送的失误、不准确或错误对用户或任何其他人士负任何直接或间接的责任。"
    "在法律允许的范围内，本网站在此声明，不承担用户或任何人士就使用或未能使用本网站所提供的信息或任何链接或项目所引致的任何损失。",
    False: "{name} Health. Reviewed by our medical advisory board.\n\n{body}\n\nThe content on this site is for "
    "informational and educational purposes only and is not intended as a substitute for professional medical advice, "
    "diagnosis or treatment. Always seek the advice of your physician or other qualified health provider with any "
    "questions you may have regarding a medical condition. Never disregard professional medical advice or delay in "
    "seeking it because of something you have read on this site. If you think you may have a medical emergency, call "
    "your doctor or your local emergency number immediately. We do not recommend or endorse any specific tests, "
    "physicians, products, procedures or opinions that may be mentioned here. Reliance on any information provided "
    "here is solely at your own risk. Follow us for more stories, and subscribe to our weekly newsletter.",
}

REPORTS = {
    True: (
        "{m}月{d}日0—24时，31个省（自治区、直辖市）报告新增确诊病例{n}例。", "其中境外输入病例{n}例，本土病例{n}例。",
        "新增疑似病例{n}例，均为境外输入病例。", "当日新增治愈出院病例{n}例。", "解除医学观察的密切接触者{n}人。",
        "重症病例与前一日相比减少{n}例。", "截至{m}月{d}日24时，累计报告确诊病例{n}例。", "累计治愈出院病例{n}例。",
        "现有确诊病例{n}例，其中重症病例{n}例。", "累计追踪到密切接触者{n}人。", "尚在医学观察的密切接触者{n}人。",
        "新增无症状感染者{n}例，其中本土{n}例。", "当日转为确诊病例{n}例。", "全市共有发热门诊{n}家，接诊患者{n}人次。",
        "流感样病例占门急诊就诊总数的{n}%，高于上周的{n}%。", "疫苗接种累计{n}万剂次。",
    ),
    False: (
        "The health department reported {n} new cases on {m}/{d}, bringing the total to {n}.",
        "There were {n} new deaths, and {n} people have died since the outbreak began.",
        "A total of {n} people are currently hospitalized, down from {n} the day before.",
        "Of those in hospital, {n} are in intensive care and {n} are on ventilators.",
        "The test positivity rate stood at {n} percent, compared with {n} percent last week.",
        "So far {n} residents have received at least one dose of a vaccine.",
        "In the past week the county recorded {n} cases for every 100,000 residents.",
        "Officials said {n} outbreaks in long-term care homes remain active.",
        "Schools in the district reported {n} cases among students and {n} among staff.",
        "The air quality index reached {n} at noon, and the highest temperature was {n} degrees.",
        "Laboratories processed {n} tests over the last 24 hours.",
        "Residents with symptoms are asked to stay at home and to call their doctor.",
        "The next update will be published on {m}/{d} at noon.",
        "Influenza accounted for {n} percent of visits to clinics in week {d}.",
    ),
}  # fmt: skip


def reports(texts: Sequence[str], random: Random) -> Iterator[Pair]:
    """Yield two daily reports with the same sentences and other figures, one pair for each text."""
    for form in _forms(texts, random):
        yield _report(form, random), _report(form, random)


def series(texts: Sequence[str], random: Random) -> Iterator[Pair]:
    """Yield a report and one of the next in its series, with slightly higher figures, some of them equal."""
    for form in _forms(texts, random):
        number = random.randint(1, 40)
        yield _numbered(form, number), _numbered(form, number + random.randint(1, 3))


def templates(texts: Sequence[str], random: Random) -> Iterator[Pair]:
    """Yield two short articles within the same template, each at least as long as the template."""
    for one, other in _pairs(texts, random):
        template = TEMPLATES[is_unspaced(one)]
        length = len(template) * random.uniform(1, 3)
        bodies = (lead(text, random, "", length / len(text)) for text in (one, other))
        first, second = (template.replace("{body}", body).replace("{name}", "Morning") for body in bodies)
        yield first, second


def quotes(texts: Sequence[str], random: Random) -> Iterator[Pair]:
    """Yield two articles that quote the same paragraph of a third one."""
    for one, other in _pairs(texts, random):
        quoted = max(paragraphs(random.choice(_alike(texts, one))), key=len)[:600]
        yield _inserted(one, quoted, random), _inserted(other, quoted, random)


def digests(texts: Sequence[str], random: Random) -> Iterator[Pair]:
    """Yield an article and a page that contains it after two others of its length."""
    for text in texts:
        longer = [other for other in _alike(texts, text) if len(other) > len(text)]
        if len(longer) >= 2:
            before = (lead(other, random, "", len(text) / len(other)) for other in random.sample(longer, 2))
            yield text, "\n\n".join([*before, text])


def neighbours(texts: Sequence[str], _random: Random) -> Iterator[Pair]:
    """Yield every article with the three that have most words in common with it: the same topic."""
    words = {text: frozenset(units(text)) for text in texts}
    for text in texts:
        others = [other for other in texts if other != text]
        near = sorted(others, key=lambda other: -_shared(words[text], words[other]))
        yield from ((text, other) for other in near[:3])


NEGATIVES: tuple[Callable[[Sequence[str], Random], Iterator[Pair]], ...] = (
    neighbours, templates, reports, series, quotes, digests,
)  # fmt: skip


def _report(form: str, random: Random) -> str:
    for slot, highest in (("{m}", 12), ("{d}", 28)):
        form = form.replace(slot, str(random.randint(1, highest)))
    return _SLOT.sub(lambda _: str(int(10 ** random.uniform(0, 5))), form)


def _numbered(form: str, number: int) -> str:
    """Return a report of a series by its number; every figure is slightly higher than in the one before."""
    at = count(1)
    return _SLOT.sub(lambda _: str(number * (1 + next(at) % 3) + next(at)), form)


def _forms(texts: Sequence[str], random: Random) -> Iterator[str]:
    for text in texts:
        bank = REPORTS[is_unspaced(text)]
        chosen = sorted(random.sample(range(len(bank)), random.randint(6, len(bank))))
        yield " ".join(bank[at] for at in chosen)


def _pairs(texts: Sequence[str], random: Random) -> Iterator[Pair]:
    for text in texts:
        yield text, random.choice([other for other in _alike(texts, text) if other != text])


def _shared(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / len(one | other)


def _alike(texts: Sequence[str], text: str) -> list[str]:
    """Return the texts in the same kind of script."""
    return [other for other in texts if is_unspaced(other) == is_unspaced(text)]


def _inserted(text: str, quoted: str, random: Random) -> str:
    parts = paragraphs(text)
    parts.insert(random.randint(1, len(parts)), quoted)
    return "\n\n".join(parts)
