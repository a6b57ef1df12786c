"""Generated PubMed XML of realistic shape, with invented words, people and journals, and news texts about its papers.

A record has what those of the baseline have on average: a title of 6 to 20 words, 1 to 12 authors with affiliations and
identifiers, an abstract in three of four records, 8 MeSH headings, 2 ids and 20 references with ids.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate

_ONSETS = ("b", "c", "d", "f", "g", "h", "k", "l", "m", "n", "p", "r", "s", "t", "v", "w", "br", "cl", "st", "tr", "th")
_VOWELS, _CODAS = "aeiou", ("", "n", "r", "s", "l")
_PART = ("BACKGROUND", "METHODS", "RESULTS")
WORDS, SURNAMES, JOURNALS = 60_000, 40_000, 8_000


def _zipf(size: int) -> list[float]:
    return list(accumulate(1 / (rank + 2.7) for rank in range(size)))


@dataclass(frozen=True, slots=True)
class Paper:
    """What a generated record says that a news text could repeat."""

    pmid: str
    title: str
    authors: tuple[tuple[str, str], ...]  # family and given name
    journal: str
    doi: str


class Generator:
    """Generates records and news texts. The same seed gives the same ones."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)  # noqa: S311
        self._words = self._distinct(WORDS, 1, 4)
        self._surnames = [name.capitalize() for name in self._distinct(SURNAMES, 1, 3)]
        self._given = [name.capitalize() for name in self._distinct(2_000, 1, 2)]
        names = (self._chance.choices(self._words, k=self._chance.randint(2, 6)) for _ in range(JOURNALS))
        self._journals = sorted({" ".join(words).capitalize() for words in names})
        self._weights = {size: _zipf(size) for size in (WORDS, SURNAMES, len(self._journals))}

    def _distinct(self, size: int, shortest: int, longest: int) -> list[str]:
        found: dict[str, None] = {}
        while len(found) < size:
            parts = self._chance.randint(shortest, longest)
            found["".join(self._syllable() for _ in range(parts))] = None
        return list(found)

    def _syllable(self) -> str:
        choice = self._chance.choice
        return choice(_ONSETS) + choice(_VOWELS) + choice(_CODAS)

    def title(self, shortest: int = 6, longest: int = 20) -> str:
        """Return some words, the common ones more often."""
        return " ".join(self._some(self._chance.randint(shortest, longest))).capitalize()

    def _some(self, number: int) -> list[str]:
        return self._chance.choices(self._words, cum_weights=self._weights[WORDS], k=number)

    def paper(self, number: int) -> Paper:
        """Return the paper with a number."""
        chance = self._chance
        names = chance.choices(self._surnames, cum_weights=self._weights[SURNAMES], k=chance.randint(1, 12))
        authors = tuple((name, f"{chance.choice(self._given)} {chance.choice('ABCDEFGHJKLM')}") for name in names)
        [journal] = chance.choices(self._journals, cum_weights=self._weights[len(self._journals)])
        return Paper(str(number), self.title(), authors, journal, f"10.{5000 + number % 900}/g.{number}")

    def file(self, first: int, records: int) -> Iterator[tuple[Paper, str]]:
        """Yield papers with their XML; the file's first and last lines are `HEAD` and `TAIL`."""
        for number in range(first, first + records):
            paper = self.paper(number)
            yield paper, self._xml(paper)

    def news(self, paper: Paper) -> tuple[str, str]:
        """Return title and text of a news page about a paper: some of its words, its last author and its journal."""
        words = paper.title.lower().split()
        kept = self._chance.sample(words, min(len(words), 5))
        family, given = paper.authors[-1]
        told = [" ".join(self._some(18)).capitalize() + "." for _ in range(20)]
        told.insert(2, f"Those who {' and '.join(kept)} do so longer, researchers report in {paper.journal.title()}.")
        told.insert(5, f"Professor {given.split()[0]} {family}, who led the study, was surprised.")
        return " ".join(kept[:4]).capitalize(), "\n\n".join(told)

    def _xml(self, paper: Paper) -> str:
        chance = self._chance
        authors = "".join(
            f'<Author ValidYN="Y"><LastName>{family}</LastName><ForeName>{given}</ForeName>'
            f"<Initials>{given[0]}{given[-1]}</Initials><AffiliationInfo><Affiliation>{self.title(8, 14)}</Affiliation>"
            "</AffiliationInfo></Author>"
            for family, given in paper.authors
        )
        parts = "".join(
            f'<AbstractText Label="{part}" NlmCategory="{part}">{". ".join(self.title(10, 24) for _ in range(4))}'
            "</AbstractText>"
            for part in (_PART if chance.random() < 0.75 else ())
        )
        headings = "".join(
            f'<MeshHeading><DescriptorName UI="D{chance.randint(1, 99999):06}" MajorTopicYN="N">{self.title(1, 2)}'
            "</DescriptorName></MeshHeading>"
            for _ in range(8)
        )
        references = "".join(
            f'<Reference><Citation>{self.title(6, 10)}</Citation><ArticleIdList><ArticleId IdType="pubmed">'
            f"{chance.randint(1, 39_999_999)}</ArticleId></ArticleIdList></Reference>"
            for _ in range(chance.randint(0, 20))
        )
        year, month, day = chance.randint(1990, 2025), chance.randint(1, 12), chance.randint(1, 28)
        return _RECORD.format(
            pmid=paper.pmid, title=paper.title, journal=paper.journal, authors=authors, headings=headings, year=year,
            short=" ".join(word[:4] for word in paper.journal.split()), month=month, day=day, doi=paper.doi,
            abstract=f"<Abstract>{parts}</Abstract>" if parts else "", references=references,
            volume=chance.randint(1, 90), issue=chance.randint(1, 12), page=chance.randint(1, 4000),
        )  # fmt: skip


HEAD = '<?xml version="1.0" encoding="utf-8"?>\n<PubmedArticleSet>\n'
TAIL = "</PubmedArticleSet>\n"
_RECORD = """\
<PubmedArticle><MedlineCitation Status="MEDLINE" Owner="NLM"><PMID Version="1">{pmid}</PMID>
<DateCompleted><Year>{year}</Year><Month>{month:02}</Month><Day>{day:02}</Day></DateCompleted>
<Article PubModel="Print-Electronic"><Journal><ISSN IssnType="Electronic">1234-5679</ISSN>
<JournalIssue CitedMedium="Internet">
<Volume>{volume}</Volume><Issue>{issue}</Issue><PubDate><Year>{year}</Year><Month>{month:02}</Month></PubDate></JournalIssue>
<Title>{journal}</Title><ISOAbbreviation>{short}</ISOAbbreviation></Journal><ArticleTitle>{title}.</ArticleTitle>
<Pagination><MedlinePgn>{page}-9</MedlinePgn></Pagination><ELocationID EIdType="doi" ValidYN="Y">{doi}</ELocationID>
{abstract}<AuthorList CompleteYN="Y">{authors}</AuthorList><Language>eng</Language>
<PublicationTypeList><PublicationType UI="D016428">Journal Article</PublicationType></PublicationTypeList>
<ArticleDate DateType="Electronic"><Year>{year}</Year><Month>{month:02}</Month><Day>{day:02}</Day></ArticleDate>
</Article>
<MedlineJournalInfo><Country>England</Country><MedlineTA>{short}</MedlineTA></MedlineJournalInfo>
<MeshHeadingList>{headings}</MeshHeadingList></MedlineCitation>
<PubmedData><History><PubMedPubDate PubStatus="pubmed"><Year>{year}</Year><Month>{month}</Month>
<Day>{day}</Day></PubMedPubDate>
</History>
<PublicationStatus>ppublish</PublicationStatus><ArticleIdList><ArticleId IdType="pubmed">{pmid}</ArticleId>
<ArticleId IdType="doi">{doi}</ArticleId></ArticleIdList><ReferenceList>{references}</ReferenceList></PubmedData>
</PubmedArticle>
"""
