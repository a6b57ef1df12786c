"""Studies: two coders fill in a codebook for the same articles, blind to each other until both are done."""

import json
from collections.abc import Iterator, Mapping

from archive.notes.codebook import parse
from archive.notes.models import AbsentError, ArticleName, ConflictError, RefusedError
from archive.notes.store import LONGEST_BODY, Notes, one_line
from archive.notes.study import Coding, Study, StudyArticle
from archive.notes.study_results import StudyResults
from archive.storage.sql import from_row
from archive.text.characters import clean
from archive.text.messages import either, message

AGREED = ""  # the coder of agreed answers


class Studies:
    """The studies in a notes file. Methods raise RefusedError, ConflictError and FaultError as those of Notes do."""

    def __init__(self, notes: Notes) -> None:
        self.notes, self.db = notes, notes.db

    def create(
        self,
        name: str,
        codebook: str,
        collection: str | int,
        coders: tuple[str, str],
        actor: str,
        adjudicator: str = "",
    ) -> Study:
        """Make a study of the articles in a collection; `codebook` is its TOML text. Raises CodebookError too."""
        name = one_line(name, message("A study"))
        first, second = (one_line(coder, message("A coder")) for coder in coders)
        if first == second:
            raise RefusedError(message("A study needs two coders, and %(name)s is named twice.", name=first))
        parse(codebook, message("The codebook"))
        if not isinstance(collection, int):
            collection = self.notes.collection(collection).id
        articles = self.notes.articles(collection=collection)
        if not articles:
            raise RefusedError(message("The collection has no articles: set some aside first."))
        with self.notes.writing() as at:
            if self.db.execute("select 1 from studies where name = ?", (name,)).fetchone():
                raise RefusedError(message("There is a study %(name)s already: choose another name.", name=name))
            (number,) = self.db.execute(
                "insert into studies (name, codebook, coder_a, coder_b, adjudicator, created_by, created_at) "
                "values (?, ?, ?, ?, ?, ?, ?) returning id",
                (name, codebook, first, second, adjudicator.strip(), actor, at),
            ).fetchone()
            self.db.executemany(
                "insert into study_articles values (?, ?, ?, ?, ?)",
                [
                    (number, position, self.notes.article_id(each.name), each.name.revision, each.name.content_hash)
                    for position, each in enumerate(articles, 1)
                ],
            )
            urls = [each.name.url for each in articles]
            content = {"name": name, "coders": [first, second], "adjudicator": adjudicator.strip(), "articles": urls}
            self.notes.log(at, actor, "study", number, "created", content)
        return self.study(int(number))

    def studies(self) -> list[Study]:
        """Return all studies by name."""
        return [self.study(number) for (number,) in self.db.execute("select id from studies order by name").fetchall()]

    def study(self, wanted: int | str) -> Study:
        """Return a study by number or name. Raises RefusedError."""
        column = "id" if isinstance(wanted, int) else "name"
        row = self.db.execute(
            f"select id, name, codebook, coder_a, coder_b, adjudicator from studies where {column} = ?",  # noqa: S608
            (wanted,),
        ).fetchone()
        if row is None:
            names = ", ".join(name for (name,) in self.db.execute("select name from studies order by name")) or message(
                "none yet"
            )
            raise AbsentError(
                message("There is no study %(name)s. There are: %(names)s.", name=str(wanted), names=names)
            )
        number, name, codebook, first, second, adjudicator = row
        done = self.db.execute("select coder from finished where study_id = ? order by at", (number,))
        return Study(
            id=number,
            name=name,
            codebook=parse(codebook, f"The codebook of {name}"),
            coders=(first, second),
            adjudicator=adjudicator,
            articles=tuple(self._articles(number)),
            finished=tuple(coder for (coder,) in done),
        )

    def _articles(self, number: int) -> Iterator[StudyArticle]:
        rows = self.db.execute(
            "select position, url, title, site, language, published, revision, content_hash from study_articles "
            "join articles on articles.id = article_id where study_id = ? order by position",
            (number,),
        )
        for position, *name in rows:
            yield StudyArticle(
                position=position,
                name=from_row(ArticleName, name),
            )

    def codings(self, study: Study, coder: str) -> dict[int, Coding]:
        """Return what a coder has answered, by position; AGREED has the agreed answers."""
        rows = self.db.execute(
            "select position, answers, comment, version, changed_by, changed_at from codings "
            "where study_id = ? and coder = ?",
            (study.id, coder),
        )
        return {
            position: Coding(
                answers=json.loads(answers), comment=comment, version=version, changed_by=by, changed_at=at
            )
            for position, answers, comment, version, by, at in rows
        }

    def coding(self, study: Study, position: int, coder: str) -> Coding:
        """Return what a coder has answered on an article."""
        return self.codings(study, coder).get(position, Coding(answers={}))

    def answer(
        self, study: Study, position: int, coder: str, answers: Mapping[str, str], version: int, comment: str = ""
    ) -> Coding:
        """Store a coder's answers on an article that the coder read as `version`; questions may be left open.

        Raises RefusedError for one who is no coder, for a choice that is none, and when the coder has declared to be
        done; ConflictError when the same answers were saved in the meantime.
        """
        study.require_coder(coder)
        return self._save(study, position, coder, answers, version, comment, coder)

    def settle(
        self, study: Study, position: int, actor: str, answers: Mapping[str, str], version: int, comment: str = ""
    ) -> Coding:
        """Store the agreed answers on an article. Raises as `answer`, and before both coders are done."""
        if not study.may_adjudicate(actor):
            who = study.adjudicator or either(study.coders)
            raise RefusedError(
                message("Disagreements of the study %(name)s are settled by %(who)s.", name=study.name, who=who)
            )
        return self._save(study, position, AGREED, answers, version, comment, actor)

    def _save(
        self,
        study: Study,
        position: int,
        coder: str,
        answers: Mapping[str, str],
        version: int,
        comment: str,
        actor: str,
    ) -> Coding:
        study.article(position)
        given = {name: value for name, value in answers.items() if value}
        for name, value in given.items():
            _check_answer(study, name, value)
        comment = clean(comment).replace("\r\n", "\n").strip()
        if len(comment) > LONGEST_BODY:
            raise RefusedError(
                message(
                    "The comment has %(length)s characters: %(most)s is the most.",
                    length=len(comment),
                    most=LONGEST_BODY,
                )
            )
        with self.notes.writing() as at:
            done = {name for (name,) in self.db.execute("select coder from finished where study_id = ?", (study.id,))}
            if coder in done:
                raise RefusedError(
                    message("%(coder)s has declared to be done: the answers can no longer be changed.", coder=coder)
                )
            if coder == AGREED and not set(study.coders) <= done:
                raise RefusedError(message("Disagreements are settled when both coders are done."))
            now = self.coding(study, position, coder)
            if now.version != version:
                raise _conflict(study, now)
            self.db.execute(
                "insert into codings values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) on conflict do update set "
                "answers = ?4, comment = ?5, version = ?6, changed_by = ?7, changed_at = ?8",
                (study.id, position, coder, json.dumps(given), comment, version + 1, actor, at),
            )
            item = f"{study.id}/{position}/{coder}"
            action = "changed" if version else "created"
            self.notes.log(at, actor, "coding", item, action, {"answers": given, "comment": comment}, version + 1)
        return self.coding(study, position, coder)

    def open_questions(self, study: Study, coder: str) -> list[tuple[int, str]]:
        """Return the positions and questions that a coder has not answered."""
        codings = self.codings(study, coder)
        return [
            (article.position, question.name)
            for article in study.articles
            for question in study.codebook.questions
            if article.position not in codings or question.name not in codings[article.position].answers
        ]

    def finish(self, study: Study, coder: str) -> Study:
        """Declare a coder to be done, which fixes the answers. Raises RefusedError while some are missing."""
        study.require_coder(coder)
        with self.notes.writing() as at:
            if missing := self.open_questions(study, coder):
                number = len({position for position, _ in missing})
                raise RefusedError(
                    message(
                        "%(coder)s has not answered %(number)s questions on %(articles)s articles; the first is "
                        "%(question)s on article %(position)s.",
                        coder=coder,
                        number=len(missing),
                        articles=number,
                        question=missing[0][1],
                        position=missing[0][0],
                    )
                )
            if self.db.execute("insert or ignore into finished values (?, ?, ?)", (study.id, coder, at)).rowcount:
                self.notes.log(at, coder, "finished", study.id, "created", {"coder": coder})
        return self.study(study.id)

    def results(self, study: Study) -> StudyResults:
        """Return the answers of both coders. Raises RefusedError before both are done."""
        if not study.is_open:
            working = ", ".join(coder for coder in study.coders if coder not in study.finished)
            raise RefusedError(
                message(
                    "The answers of the study %(name)s are shown when both coders are done; at work: %(working)s.",
                    name=study.name,
                    working=working,
                )
            )
        first, second, agreed = (self.codings(study, coder) for coder in (*study.coders, AGREED))
        return StudyResults(study=study, first=first, second=second, agreed=agreed)


def _check_answer(study: Study, name: str, value: str) -> None:
    try:
        question = study.codebook.question(name)
    except KeyError as error:
        raise RefusedError(message("The codebook has no question %(name)s.", name=name)) from error
    if value not in question.values:
        raise RefusedError(
            message(
                "%(value)s is no answer to %(name)s: choose one of %(values)s.",
                value=value,
                name=name,
                values=", ".join(question.values),
            )
        )


def _conflict(study: Study, now: Coding) -> ConflictError:
    lines = [f"{question.name}: {now.answers.get(question.name, '–')}" for question in study.codebook.questions]
    theirs = "\n".join([*lines, *([now.comment] if now.comment else [])])
    sentence = message(
        "These answers were saved by %(actor)s at %(time)s UTC while you filled them in: nothing was overwritten.",
        actor=now.changed_by,
        time=now.changed_at[:16].replace("T", " "),
    )
    return ConflictError(sentence, theirs, now.version)
