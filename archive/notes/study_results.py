"""The results of a study whose coders are done: agreement, disagreements, and rows for export."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from archive.notes.agreement import Agreement, agreement
from archive.notes.codebook import Question
from archive.notes.study import Coding, Study, StudyArticle
from archive.text.messages import message


@dataclass(frozen=True, slots=True, kw_only=True)
class Disagreement:
    """A question on an article that the coders answered differently; `agreed` is the answer settled on, or None."""

    article: StudyArticle
    question: Question
    answers: tuple[str, str]
    agreed: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyResults:
    """The answers of the first and the second coder, and those agreed on, by the position of the article."""

    study: Study
    first: Mapping[int, Coding]
    second: Mapping[int, Coding]
    agreed: Mapping[int, Coding]

    def agreements(self) -> list[tuple[Question, Agreement]]:
        """Return the agreement on each question."""
        return [(question, _agreement(question, *self._answers(question))) for question in self._questions]

    def overall(self) -> Agreement:
        """Return the agreement on all questions together, with kappa where all of them have the same choices."""
        if len({(question.values, question.ordinal) for question in self._questions}) == 1:
            answers = [self._answers(question) for question in self._questions]
            pooled = ([value for pair in answers for value in pair[side]] for side in (0, 1))
            return _agreement(self._questions[0], *pooled)
        each = [found for _, found in self.agreements()]
        return Agreement(
            pairs=sum(one.pairs for one in each),
            agreed=sum(one.agreed for one in each),
            kappa=None,
            sentence=message("not computed: the questions have different choices"),
        )

    def disagreements(self) -> list[Disagreement]:
        """Return where the coders differ, in the order of articles."""
        return [
            Disagreement(
                article=article,
                question=question,
                answers=(one, other),
                agreed=self._settled(article).answers.get(question.name),
            )
            for article in self.study.articles
            for question in self._questions
            if (one := self.first[article.position].answers[question.name])
            != (other := self.second[article.position].answers[question.name])
        ]

    def rows(self) -> Iterator[dict[str, object]]:
        """Yield a row for each article and question for export."""
        for article in self.study.articles:
            ours, theirs = self.first[article.position], self.second[article.position]
            settled = self._settled(article)
            for question in self._questions:
                one, other = ours.answers[question.name], theirs.answers[question.name]
                yield {
                    "study": self.study.name,
                    "position": article.position,
                    "url": article.name.url,
                    "title": article.name.title,
                    "revision": article.name.revision,
                    "content_hash": article.name.content_hash,
                    "question": question.name,
                    "coder_a": self.study.coders[0],
                    "answer_a": one,
                    "coder_b": self.study.coders[1],
                    "answer_b": other,
                    "agree": one == other,
                    "final": one if one == other else settled.answers.get(question.name),
                    "settled_by": settled.changed_by or None if one != other else None,
                    "comment_a": ours.comment,
                    "comment_b": theirs.comment,
                    "comment": settled.comment,
                }

    @property
    def _questions(self) -> Sequence[Question]:
        return self.study.codebook.questions

    def _answers(self, question: Question) -> tuple[list[str], list[str]]:
        """Return the answers of the first and of the second coder to a question, in the order of articles."""
        places = [article.position for article in self.study.articles]
        first, second = ([coder[at].answers[question.name] for at in places] for coder in (self.first, self.second))
        return first, second

    def _settled(self, article: StudyArticle) -> Coding:
        return self.agreed.get(article.position, Coding(answers={}))


def _agreement(question: Question, first: Sequence[str], second: Sequence[str]) -> Agreement:
    return agreement(first, second, question.values, ordinal=question.ordinal)
