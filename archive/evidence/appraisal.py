"""Read the evidence of a text: its sentences one by one, then one answer for each field.

Nothing is answered where the text says nothing. Each answer names the sentence it was read from.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from archive.article import Evidence
from archive.evidence.phrases import Hit, Label, may_hold, nouns, phrases_in
from archive.evidence.quantities import longest_duration
from archive.evidence.sample_size import Counted, counted
from archive.text.folding import fold
from archive.text.scripts import count_cjk
from archive.text.sentences import sentences

METHOD = "rules 2"  # raised when the rules change, so that stored answers tell which ones they come from
LONGEST = 60_000  # characters that are read: what a page reports on is said before
LONGEST_SENTENCE = 1_500  # characters; longer ones are tables and lists
DESIGNS = ("case report", "review", "trial", "case-control", "cohort", "cross-sectional", "laboratory")
SUBJECTS = ("humans", "animals", "cells")
# Of two answers to one question in one sentence the first holds: `no control group` names a control group too.
_STRONGER = {
    "control_group": ("no", "yes"),
    "funding": ("none", "stated"),
    "conflict_of_interest": ("none", "declared"),
    "approval": ("not approved", "approved"),
}
_STUDY: Label = ("topic", "study")
_POPULATION: Label = ("elsewhere", "population")
_ENOUGH_HEALTH = 2  # different words of health in a text on health
_MOST_BETWEEN = 600  # Latin characters from one of them to the next, on average
_CJK_LENGTH = 3  # a Chinese character stands for so many more Latin ones
_TITLE_WEIGHT = 3
_ENOUGH_FINDINGS = 2  # sentences that tell of people; one that names the study is enough
_NEAR, _NEAR_HAN = 30, 12  # characters from a number to the words that it is told with
_MORE_DURATIONS = 12  # characters behind one in which others may be listed: 12个月、16个月
_SENTENCE_ENDS = frozenset(".!?。！？…\"”’'」』)）:：;；,，")
_HEADING_LENGTH, _HEADING_WORDS, _HEADING_HAN = 40, 3, 6  # characters, Latin words, Chinese characters; at most
_WORD = re.compile("[a-z]+")
_CLAUSE_END = re.compile("[,.;，。；]")


@dataclass(slots=True)
class _Sentence:
    """A sentence with the phrases in it, by label."""

    part: str
    start: int
    end: int
    folded: str
    hits: dict[Label, list[Hit]]

    @property
    def elsewhere(self) -> bool:
        """Whether it speaks of another study or of one that is still to be done."""
        return self.earlier or self.planned

    @property
    def earlier(self) -> bool:
        """Whether it speaks of another study."""
        return ("elsewhere", "earlier") in self.hits

    @property
    def planned(self) -> bool:
        """Whether it speaks of a study that is still to be done."""
        return ("elsewhere", "planned") in self.hits

    @property
    def asks(self) -> bool:
        """Whether it is a question."""
        return self.folded.endswith(("?", "吗"))

    def says(self, label: Label) -> bool:
        return label in self.hits


def appraise(title: str, text: str) -> tuple[Evidence, ...]:
    """Return what an article says of the evidence it reports on, at most one answer to a field but for `subjects`.

    Nothing is returned for a text that does not report on a study of health.
    """
    if not may_hold(_STUDY, fold(f"{title}\n{text[:LONGEST]}").lower()):
        return ()
    read = _read(title, text)
    if not _is_on_health(read):
        return ()
    _read_answers(read)
    return tuple(_answers(read))


def appraise_study(title: str) -> tuple[Evidence, ...]:
    """Return what the title of a study says of that study, whether it has words of health or not."""
    read = _read(title, "")
    _read_answers(read)
    return tuple(_answers(read))


def _read(title: str, text: str) -> list[_Sentence]:
    """Return the sentences with their words of studies and of health: most texts are asked for no others."""
    parts = (("title", title), ("text", text[:LONGEST]))
    return [
        _sentence(part, start, end, content)
        for part, content in parts
        for start, end in sentences(content)
        if end - start <= LONGEST_SENTENCE and (part == "title" or not _is_heading(content[start:end]))
    ]


def _is_heading(line: str) -> bool:
    """Return whether a line is a heading or a link: it has few words and no mark at its end."""
    if line[-1] in _SENTENCE_ENDS or len(line) > _HEADING_LENGTH:
        return False
    return count_cjk(line) <= _HEADING_HAN and line.count(" ") < _HEADING_WORDS


def _sentence(part: str, start: int, end: int, content: str) -> _Sentence:
    folded = fold(content[start:end]).lower()
    return _Sentence(part, start, end, folded, _hits(folded, on_topic=True))


def _read_answers(read: Iterable[_Sentence]) -> None:
    """Add all other phrases to the sentences."""
    for sentence in read:
        sentence.hits |= _hits(sentence.folded, on_topic=False)


def _hits(folded: str, *, on_topic: bool) -> dict[Label, list[Hit]]:
    hits: defaultdict[Label, list[Hit]] = defaultdict(list)
    for hit in phrases_in(folded, on_topic=on_topic):
        hits[hit.label].append(hit)
    return {label: kept for label, found in hits.items() if (kept := _real(label, found, hits))}


def _real(label: Label, found: list[Hit], hits: dict[Label, list[Hit]]) -> list[Hit]:
    """Return the hits that no phrase of the list `not` of their field overlaps."""
    name, value = label
    against = hits.get((name.removesuffix("_hint"), "not"), []) if value != "not" else []
    return [hit for hit in found if not any(hit.start < other.end and other.start < hit.end for other in against)]


def _is_on_health(read: Sequence[_Sentence]) -> bool:
    """Return whether words of studies and of health occur, those of health as often as in a text about it."""
    studies = sum(sentence.says(_STUDY) for sentence in read)
    found = [hit.text for sentence in read for hit in sentence.hits.get(("topic", "health"), ())]
    length = sum(_CJK_LENGTH * count_cjk(sentence.folded) + len(sentence.folded) for sentence in read)
    return studies > 0 and len(set(found)) >= _ENOUGH_HEALTH and len(found) * _MOST_BETWEEN >= length


def _answers(read: Sequence[_Sentence]) -> Iterable[Evidence]:
    own = [sentence for sentence in read if not sentence.elsewhere]
    size, animals_only = _sample_size(read)
    yield from _design([each for each in read if not each.planned], of_people=bool(size) and not animals_only)
    yield from _subjects(own, size, animals_only=animals_only)
    yield from size
    yield from _first([each for each in read if not each.earlier], "small_sample", ("yes",))
    yield from _first(own + [each for each in read if each.planned], "control_group", _STRONGER["control_group"])
    yield from _follow_up(own)
    yield from _first([each for each in read if _names_funded(each)], "funding", _STRONGER["funding"])
    for name in ("conflict_of_interest", "approval"):
        yield from _first(read, name, _STRONGER[name])
    if any(_names(sentence, "study") for sentence in read):  # without a study nothing is found that could be hedged
        yield from _hedged(read)
    yield from _first([each for each in read if not each.asks], "advice", ("yes",))


def _evidence(name: str, value: str, sentence: _Sentence) -> Evidence:
    return Evidence(field=name, value=value, part=sentence.part, start=sentence.start, end=sentence.end, method=METHOD)


def _design(read: Sequence[_Sentence], *, of_people: bool) -> Iterable[Evidence]:
    """Yield the design that most sentences name; people in a laboratory are not what a laboratory study studies."""
    scores, first = _named_designs(read, "design")
    if of_people and not any(sentence.says(("subjects", each)) for each in ("animals", "cells") for sentence in read):
        scores.pop("laboratory", None)
    if not scores:
        scores, first = _named_designs(read, "design_hint")
    if scores:
        best = max(scores, key=lambda design: (scores[design], -DESIGNS.index(design)))
        yield _evidence("design", best, first[best])


def _named_designs(read: Iterable[_Sentence], field: str) -> tuple[dict[str, int], dict[str, _Sentence]]:
    """Return how often the phrases of a field name each design, and the first sentence that does."""
    scores: defaultdict[str, int] = defaultdict(int)
    first: dict[str, _Sentence] = {}
    for sentence in read:
        for design in ("review",) if sentence.earlier else DESIGNS:  # a review is on earlier studies
            if sentence.says((field, design)):
                scores[design] += _TITLE_WEIGHT if sentence.part == "title" else 1
                first.setdefault(design, sentence)
    return scores, first


def _subjects(own: Sequence[_Sentence], size: Sequence[Evidence], *, animals_only: bool) -> Iterable[Evidence]:
    """Yield who was studied: who is counted, what is named, or else the people of whom findings tell."""
    found: dict[str, Evidence] = {}
    if size:
        value = "animals" if animals_only else "humans"
        found[value] = replace(size[0], field="subjects", value=value)
    for value in SUBJECTS:
        said = next((each for each in own if each.says(("subjects", value)) and not each.says(_POPULATION)), None)
        if said:
            found.setdefault(value, _evidence("subjects", value, said))
    told = [sentence for sentence in own if _tells_of_people(sentence)]
    if not found and len(told) + any(_names_inquiry(sentence) for sentence in told) >= _ENOUGH_FINDINGS:
        found["humans"] = _evidence("subjects", "humans", told[0])
    yield from (found[value] for value in SUBJECTS if value in found)


def _names(sentence: _Sentence, listed: str) -> bool:
    """Return whether one of the words of a list of nouns stands in it."""
    if count_cjk(sentence.folded):
        return any(noun in sentence.folded for noun in nouns(listed))
    return not nouns(listed).isdisjoint(_WORD.findall(sentence.folded))


def _names_inquiry(sentence: _Sentence) -> bool:
    """Return whether it names a study, or those who made it with what they found."""
    if sentence.says(_STUDY) and sentence.says(("finding", "told")):
        return True
    return _names(sentence, "inquiry")


def _tells_of_people(sentence: _Sentence) -> bool:
    """Return whether it is a finding about people and not a hope for them, or a number of those who are ill."""
    says = sentence.says
    return says(("people", "named")) and says(("finding", "yes")) and not (says(("hedged", "yes")) or says(_POPULATION))


def _sample_size(read: Sequence[_Sentence]) -> tuple[list[Evidence], bool]:
    """Return the sample size, and whether it counts animals."""
    weights: defaultdict[int, int] = defaultdict(int)
    first: dict[int, tuple[_Sentence, Counted]] = {}
    for sentence in read:
        if sentence.earlier and not sentence.says(("design", "review")):  # a review counts those of earlier studies
            continue
        for each in counted(sentence.folded):
            weight = each.weight - _doubt(sentence, each)
            if weight >= 2:
                weights[each.value] = max(weights[each.value], weight)
                first.setdefault(each.value, (sentence, each))
    if not weights:
        return [], False
    best = max(weights.values())
    value = next(value for value in first if weights[value] == best)
    sentence, each = first[value]
    return [_evidence("sample_size", str(value), sentence)], not each.people


def _doubt(sentence: _Sentence, each: Counted) -> int:
    """Return how much speaks for a number of the ill or of a place's people: 2 for words of those, 1 for a place."""
    for value, weight in (("population", 2), ("place", 1)):
        for hit in sentence.hits.get(("elsewhere", value), ()):
            near = _NEAR if hit.text.isascii() else _NEAR_HAN
            if hit.start - each.end <= near and each.start - hit.end <= near:
                return weight
    return 0


def _follow_up(own: Sequence[_Sentence]) -> Iterable[Evidence]:
    longest: tuple[float, str, _Sentence] | None = None
    for sentence in own:
        for hit in sentence.hits.get(("follow_up", "yes"), ()):
            clause = _CLAUSE_END.split(sentence.folded[hit.end :])[0]
            duration = longest_duration(hit.text + clause[:_MORE_DURATIONS])
            if duration and (longest is None or duration[1] > longest[0]):
                longest = duration[1], duration[0], sentence
    if longest:
        yield _evidence("follow_up", longest[1], longest[2])


def _names_funded(sentence: _Sentence) -> bool:
    """Return whether it is a study that is funded, and not a treatment; `It was funded by` tells of the one before."""
    if count_cjk(sentence.folded):
        return _names(sentence, "funded")
    return (
        _names(sentence, "study")
        or sentence.says(_STUDY)
        or sentence.folded.startswith(("it was", "the work", "the trial", "the project", "funding "))
    )


def _first(read: Sequence[_Sentence], name: str, values: Sequence[str]) -> Iterable[Evidence]:
    """Yield the first sentence that says one of the values, the strongest value that any sentence says."""
    for value in values:
        said = next((sentence for sentence in read if sentence.says((name, value))), None)
        if said:
            yield _evidence(name, value, said)
            return


def _hedged(read: Sequence[_Sentence]) -> Iterable[Evidence]:
    """Yield whether findings are hedged; the sentence is one that hedges, or else the first finding."""
    hedging = [each for each in read if each.says(("hedged", "yes"))]
    finding = next((each for each in read if each.says(("finding", "yes"))), None)
    if hedging:
        yield _evidence("hedged", "yes", max(hedging, key=_closeness))
    elif finding:
        yield _evidence("hedged", "no", finding)


def _closeness(sentence: _Sentence) -> int:
    """Return how many kinds of words tie a sentence to the study and its findings."""
    return sentence.says(_STUDY) + sentence.says(("finding", "yes"))
