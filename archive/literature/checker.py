"""Check a printed reference: by what the page alone tells, and against a bibliographic index."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from archive.article import Reference
from archive.literature.checking import page_alone
from archive.literature.checking.comparison import Comparison, PrintedReference, compare
from archive.literature.checking.verdicts import Check, Contradiction
from archive.literature.index import LiteratureIndex, surname_token
from archive.literature.linking.terms import terms
from archive.literature.record import LiteratureRecord
from archive.literature.record_kinds import is_notice, is_preprint, may_be_notice, names_preprint
from archive.references.person_names import family_key
from archive.text.scripts import has_cjk

_MOST_TERMS = 12  # the rarest words of a title that are looked for
_CANDIDATES = 20  # of each query
_BUDGET = 20_000  # records that a query may touch
# Kinds of works that bibliographic databases of medicine hold; of others an index tells nothing.
_INDEXED = frozenset({None, "article-journal", "article", "paper-conference", "review"})


@dataclass(frozen=True, slots=True)
class Source:
    """An index with the name and the date under which its verdicts are shown."""

    index: LiteratureIndex
    name: str
    as_of: str


def source_of(index: LiteratureIndex) -> Source:
    """Return the index as a source: its file's name, and the day on which a file was last added."""
    (moment,) = index.db.execute("select coalesce(max(loaded_at), '') from sources").fetchone()
    return Source(index, index.path.name, moment[:10])


def check(reference: Reference, page: date | None, source: Source | None = None) -> Check:
    """Return the verdict on a reference: by the page alone, and by an index where there is one.

    `page` is the day on which the page was last changed, as far as it is known. "not found" says that the index does
    not hold the work, never that there is none.
    """
    alone = page_alone.contradictions(reference, page)
    known = check_against(reference, source) if source else Check("not checkable")
    if not alone:
        return known
    fields = {each.field for each in known.contradictions}
    both = (*known.contradictions, *(each for each in alone if each.field not in fields))
    return Check("contradicts", both, known.source, known.as_of, known.record)


def check_alone(reference: Reference, page: date | None) -> Check:
    """Return the verdict by the page alone: "contradicts" or "not checkable"."""
    found = page_alone.contradictions(reference, page)
    return Check("contradicts" if found else "not checkable", found)


def check_against(reference: Reference, source: Source) -> Check:
    """Return the verdict by an index alone."""
    if not _checkable(reference):
        return Check("not checkable", source=source.name, as_of=source.as_of)
    printed = PrintedReference(reference)
    identified = list(_by_identifier(reference, source.index))
    alike = [record for record in _by_words(reference, source.index) if _is_of_kind(reference, record)]
    compared = [compare(printed, record) for record in _distinct([*(record for _, record in identified), *alike])]
    works = [each for each in compared if each.is_the_work]
    if works:
        best = max(works, key=lambda each: each.score)
        fields = {each.field for each in best.contradictions}
        others = [(kind, record) for kind, record in identified if record != best.record and kind not in fields]
        wrong = (*best.contradictions, *_of_other_works(printed, others, compared, found=True))
        return Check("contradicts" if wrong else "agrees", wrong, source.name, source.as_of, name_of(best.record))
    wrong = tuple(_of_other_works(printed, identified, compared, found=False))
    if wrong:
        return Check("contradicts", wrong, source.name, source.as_of)
    expected = reference.pmid or reference.doi or reference.type in _INDEXED
    return Check("not found" if expected else "not checkable", source=source.name, as_of=source.as_of)


def name_of(record: LiteratureRecord) -> str:
    """Return how a record is named: by its PMID or DOI, or else its title."""
    if record.pmid:
        return f"pmid:{record.pmid}"
    return f"doi:{record.doi}" if record.doi else record.title


def _checkable(reference: Reference) -> bool:
    """Return whether enough is printed to look a work up: an identifier, or a title with its authors or its place."""
    if reference.kind == "mention":
        return False
    if reference.pmid or reference.doi:
        return True
    placed = reference.authors or (reference.container_title and (reference.volume or reference.pages))
    return bool(reference.title and placed)


def _is_of_kind(reference: Reference, record: LiteratureRecord) -> bool:
    """Return whether a record is of the kind that is printed: a notice about a work, a preprint, or neither."""
    of_kind = may_be_notice(reference.raw) if is_notice(record.title) else not is_notice(reference.title or "")
    return of_kind and is_preprint(record) is names_preprint(reference.raw)


def _of_other_works(
    printed: PrintedReference,
    identified: list[tuple[str, LiteratureRecord]],
    compared: list[Comparison],
    *,
    found: bool,
) -> Iterator[Contradiction]:
    """Yield the identifiers whose records are those of other works.

    With `found` the work itself is in the index: then it is enough that the record's title is not the printed one, and
    that something contradicts.
    """
    by_record = {name_of(each.record): each for each in compared}
    for kind, record in identified:
        comparison = by_record[name_of(record)]
        fields = {each.field for each in comparison.contradictions}
        other = "title" in fields and ("authors" in fields or not printed.families)
        if other or (found and fields and not comparison.is_the_work and "title" not in comparison.agreeing):
            yield Contradiction(kind, getattr(printed.reference, kind), record.title, "of another work")


def _by_identifier(reference: Reference, index: LiteratureIndex) -> Iterator[tuple[str, LiteratureRecord]]:
    if reference.pmid and (record := index.by_pmid(reference.pmid)):
        yield "pmid", record
    if reference.doi and (record := index.by_doi(reference.doi)):
        yield "doi", record


def _by_words(reference: Reference, index: LiteratureIndex) -> list[LiteratureRecord]:
    """Return the records that share the rarest words of the title, or two of the authors or one and the title."""
    numbers: list[int] = []
    for expression in _expressions(reference, index):
        numbers += index.matching(expression, _CANDIDATES)
    return [record for record, _ in index.by_id(list(dict.fromkeys(numbers))).values()] if numbers else []


def _expressions(reference: Reference, index: LiteratureIndex) -> Iterator[str]:
    counts = index.frequencies(terms(reference.title or ""), "title")
    rarest = sorted(counts, key=lambda term: (counts[term], term))[:_MOST_TERMS]
    if rarest and counts[rarest[0]] <= _BUDGET:
        yield f"title : ({_any(term for term in rarest if counts[term] <= _BUDGET)})"
        if len(rarest) > 2:
            yield f"title : ({' AND '.join(_quoted(rarest[:3]))})"
    people = list(dict.fromkeys(_people(reference)))
    counts = index.frequencies(people, "people")
    known = sorted(counts, key=lambda token: (counts[token], token))
    if len(known) > 1:
        yield f"people : ({' AND '.join(_quoted(known[:2]))})"
    elif known and counts[known[0]] <= _BUDGET:
        yield f"people : ({_any(known)})"


def _people(reference: Reference) -> Iterator[str]:
    for name in reference.authors[:6]:
        key = "".join(name.split()) if has_cjk(name) else family_key(name)
        if key:
            yield surname_token(key)


def _distinct(records: Iterable[LiteratureRecord]) -> list[LiteratureRecord]:
    return list({(record.pmid, record.doi, record.title, record.published): record for record in records}.values())


def _any(words: Iterable[str]) -> str:
    return " OR ".join(_quoted(words))


def _quoted(words: Iterable[str]) -> list[str]:
    return [f'"{word}"' for word in words]
