"""The page of a group of copies: the article that was published first, and what the others changed."""

from dataclasses import asdict, dataclass
from typing import Any

from datasette.utils.asgi import Response
from sqlite_utils import Database

from archive.duplicates.queries import Group, Member, group
from archive.errors import NotStoredError
from archive.text.diff import Piece, differences
from archive.text.diff_passages import DiffParagraph, changed_passages
from archive.text.messages import message
from archive.web.formatting import host
from archive.web.paging import Paging, page_number
from archive.web.responses import ArchiveRequest, archive_view

SIZE = 10  # copies on a page; each is compared with the first


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """A copy, with the changes of its title and text from the first article of the group."""

    member: Member
    language: str | None
    title: tuple[Piece, ...]
    passages: list[DiffParagraph]

    @property
    def title_changed(self) -> bool:
        """Whether its title differs from that of the first article."""
        return any(piece.kind != "same" for piece in self.title)


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """A group with a page of its copies; the first member is not among them."""

    group: Group
    first: Member
    language: str | None
    copies: list[Copy]
    paging: Paging


async def copies_page(request: ArchiveRequest) -> Response:
    """Return the page of the group, with a page of its copies compared with the first."""
    comparison = await _read(request)
    return await request.html("copies.html", {"comparison": comparison, "host": host})


async def copies_json(request: ArchiveRequest) -> Response:
    """Return the same as JSON."""
    return request.json(as_object(await _read(request)))


def compare(db: Database, group_id: int, page: int) -> Comparison:
    """Compare the copies of a group, whose id is that of its first article. Raises NotStoredError."""
    found = group(db, group_id)
    if found is None or found.id != group_id:
        raise NotStoredError(
            message(
                "There is no group of copies %(id)s: a group has the id of the article that was published first.",
                id=str(group_id),
            )
        )
    first = next(member for member in found.members if member.article_id == found.id)
    others = [member for member in found.members if member is not first]
    paging = Paging(page, SIZE, len(others))
    title, text, language = _content(db, first.article_id)
    copies = []
    for member in others[paging.offset : paging.offset + SIZE]:
        other_title, other_text, other_language = _content(db, member.article_id)
        copies.append(
            Copy(
                member=member,
                language=other_language,
                title=differences(title, other_title),
                passages=changed_passages(differences(text, other_text)),
            )
        )
    return Comparison(group=found, first=first, language=language, copies=copies, paging=paging)


def as_object(comparison: Comparison) -> dict[str, Any]:
    """Return the content of /-/copies/<group>.json; pieces of text are [kind, text]."""
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


async def _read(request: ArchiveRequest) -> Comparison:
    group_id, page = int(request.url_vars["id"]), page_number(request.args.get("page"))
    return await request.read(lambda db: compare(db, group_id, page))


ROUTES = [
    (r"^/(?P<database>[^/]+)/-/copies/(?P<id>[0-9]{1,18})$", archive_view(copies_page)),
    (r"^/(?P<database>[^/]+)/-/copies/(?P<id>[0-9]{1,18})\.json$", archive_view(copies_json)),
]
