"""A group of copies: who published first, and what the others changed."""

from dataclasses import asdict, dataclass
from typing import Any

from datasette.utils.asgi import Response
from sqlite_utils import Database

from archive.duplicates.queries import Group, Member, group
from archive.errors import NotStoredError
from archive.text.diff import Piece, differences
from archive.web.diff_passages import Line, passages
from archive.web.formatting import host
from archive.web.paging import Paging, page_number
from archive.web.responses import Served, archive_view

SIZE = 10  # copies on a page, each of which is compared with the first


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """A copy, and what was changed against the first of the group: its title, and the passages of its text."""

    member: Member
    language: str | None
    title: tuple[Piece, ...]
    passages: list[Line]

    @property
    def retitled(self) -> bool:
        """Whether it has a title of its own."""
        return any(piece.kind != "same" for piece in self.title)


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """A group with a page of its copies. The first member is none of them: the others are copies of it."""

    group: Group
    first: Member
    language: str | None
    copies: list[Copy]
    paging: Paging


async def copies_page(served: Served) -> Response:
    """The group, and a page of its copies compared with the first."""
    comparison = await _read(served)
    return await served.html("copies.html", {"comparison": comparison, "host": host})


async def copies_json(served: Served) -> Response:
    """The same for programs."""
    return served.json(as_object(await _read(served)))


def compare(db: Database, group_id: int, page: int) -> Comparison:
    """The group that is named by its first article. Raises NotStoredError."""
    found = group(db, group_id)
    if found is None or found.id != group_id:
        raise NotStoredError(
            f"There is no group of copies {group_id}: groups are named by the article that came first."
        )
    first = next(member for member in found.members if member.article_id == found.id)
    others = [member for member in found.members if member is not first]
    paging = Paging(page, SIZE, len(others))
    title, text, language = _content(db, first.article_id)
    copies = []
    for member in others[paging.offset : paging.offset + SIZE]:
        its_title, its_text, its_language = _content(db, member.article_id)
        copies.append(
            Copy(
                member=member,
                language=its_language,
                title=differences(title, its_title),
                passages=passages(differences(text, its_text)),
            )
        )
    return Comparison(group=found, first=first, language=language, copies=copies, paging=paging)


def as_object(comparison: Comparison) -> dict[str, Any]:
    """The answer of /-/copies/<group>.json; pieces of text are [kind, text]."""
    return {
        "group": comparison.group.id,
        "first": asdict(comparison.first),
        **comparison.paging.as_object(),
        "copies": [
            asdict(copy.member)
            | {
                "title_changes": [[piece.kind, piece.text] for piece in copy.title],
                "passages": [[[piece.kind, piece.text] for piece in line] for line in copy.passages],
            }
            for copy in comparison.copies
        ],
    }


def _content(db: Database, article_id: int) -> tuple[str, str, str | None]:
    row: tuple[str, str, str | None] = db.execute(
        "select title, text, language from articles where id = ?", [article_id]
    ).fetchone()
    return row


async def _read(served: Served) -> Comparison:
    group_id, page = int(served.request.url_vars["id"]), page_number(served.request.args.get("page"))
    return await served.read(lambda db: compare(db, group_id, page))


ROUTES = [
    (r"^/(?P<database>[^/]+)/-/copies/(?P<id>[0-9]{1,18})$", archive_view(copies_page)),
    (r"^/(?P<database>[^/]+)/-/copies/(?P<id>[0-9]{1,18})\.json$", archive_view(copies_json)),
]
