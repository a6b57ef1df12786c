"""Articles as record batches of Arrow, to be written as Parquet for pandas, DuckDB, R and Spark. It needs pyarrow.

No column has a name that is a word of SQL. References and evidence are lists of structs in the row of their article.
In folders, articles without a year have the year 0, and single URLs, which have no site, the site `-`: pandas cannot
read folders of null.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from itertools import islice
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa

BATCH = 500  # articles in memory at once
WITHOUT: dict[str, str | int] = {"site": "-", "year": 0}  # the columns of the partitions, and what is in them for null
TEXTS = (
    "url", "title", "site", "source", "language", "section", "description", "text", "state", "extractor",
    "canonical_url", "site_name",
)  # fmt: skip
LISTS = ("authors", "editors", "keywords", "rights")
DATES = ("published", "modified")
TIMES = ("first_seen", "last_changed", "gone_since")
NUMBERS = ("id", "year", "views", "revision")
REFERENCE_TEXTS = (
    "label", "raw", "kind", "type", "title", "container_title", "publisher", "volume", "issue", "pages", "doi", "pmid",
    "pmcid", "arxiv", "isbn", "issn", "url",
)  # fmt: skip
LINK_TEXTS = ("doi", "pmid", "title", "container_title", "published", "url", "link_method", "decision")

CHECK_TEXTS = ("verdict", "source", "as_of", "record", "method")
CONTRADICTION_TEXTS = ("field", "printed", "known", "reason")
IMAGE_TEXTS = ("url", "fate", "reason", "fetched_at", "media_type", "digest", "warc_file")
IMAGE_NUMBERS = ("width", "height", "size", "warc_offset")
EVIDENCE_TEXTS = ("field", "value", "method")


def schema() -> "pa.Schema":
    """Return the Arrow schema of articles. Raises ImportError without pyarrow."""
    import pyarrow as pa

    texts = pa.list_(pa.string())
    reference = [*((name, pa.string()) for name in REFERENCE_TEXTS), ("authors", texts), ("year", pa.int64())]
    paper = [*((name, pa.string()) for name in LINK_TEXTS), ("probability", pa.float64()), ("is_answer", pa.bool_())]
    image = [*((name, pa.string()) for name in IMAGE_TEXTS), *((name, pa.int64()) for name in IMAGE_NUMBERS)]
    contradiction = pa.struct([(name, pa.string()) for name in CONTRADICTION_TEXTS])
    check = [
        ("position", pa.int64()),  # in reference_list
        *((name, pa.string()) for name in CHECK_TEXTS),
        ("contradictions", pa.list_(contradiction)),
    ]
    return pa.schema(
        [
            *((name, pa.int64()) for name in NUMBERS),
            *((name, pa.string()) for name in TEXTS),
            *((name, pa.date32()) for name in DATES),
            *((name, pa.timestamp("us", tz="UTC")) for name in TIMES),
            *((name, texts) for name in LISTS),
            ("noarchive", pa.bool_()),
            ("reference_list", pa.list_(pa.struct(reference))),
            ("evidence", pa.list_(pa.struct([(name, pa.string()) for name in (*EVIDENCE_TEXTS, "sentence")]))),
            ("reference_checks", pa.list_(pa.struct(check))),
            ("image_files", pa.list_(pa.struct(image))),
            ("paper_links", pa.list_(pa.struct(paper))),  # papers that it probably reports on, which it does not print
        ]
    )


def in_folders(batch: "pa.RecordBatch") -> "pa.Table":
    """Return a batch with a value in each column of the partitions."""
    import pyarrow as pa

    table = pa.Table.from_batches([batch])
    for name, value in WITHOUT.items():
        place = table.schema.get_field_index(name)
        table = table.set_column(place, table.schema.field(place), table.column(place).fill_null(value))
    return table


def batches(articles: Iterable[Mapping[str, Any]]) -> Iterator["pa.RecordBatch"]:
    """Yield the articles in batches; lone surrogates of their texts become question marks. Raises ImportError."""
    import pyarrow as pa

    of_articles, remaining = schema(), iter(articles)
    while rows := [_row(article) for article in islice(remaining, BATCH)]:
        yield pa.RecordBatch.from_pylist(rows, schema=of_articles)


def _row(article: Mapping[str, Any]) -> dict[str, Any]:
    published = article["published"]
    row: dict[str, Any] = {name: _text(article[name]) for name in TEXTS}
    row |= {name: [_text(text) for text in article[name]] for name in LISTS}
    row |= {name: article[name] and date.fromisoformat(article[name]) for name in DATES}
    row |= {name: article[name] and datetime.fromisoformat(article[name]) for name in TIMES}
    row |= {name: article[name] for name in ("id", "views", "revision", "noarchive")}
    return row | {
        "site": row["site"] or None,
        "year": int(published[:4]) if published else None,
        "reference_list": [_reference(reference) for reference in article["references"]],
        "evidence": [_evidence(article, each) for each in article["evidence"]],
        "reference_checks": [_check(check) for check in article["reference_checks"]],
        "image_files": [_image(image) for image in article["image_files"]],
        "paper_links": [_paper_link(link) for link in article["paper_links"]],
    }


def _reference(reference: Mapping[str, Any]) -> dict[str, Any]:
    texts: dict[str, Any] = {name: _text(reference[name]) for name in REFERENCE_TEXTS}
    return texts | {"authors": [_text(name) for name in reference["authors"]], "year": reference["year"]}


def _evidence(article: Mapping[str, Any], each: Mapping[str, Any]) -> dict[str, Any]:
    sentence = article["title" if each["part"] == "title" else "text"][each["start"] : each["end"]]
    return {name: _text(each[name]) for name in EVIDENCE_TEXTS} | {"sentence": _text(sentence)}


def _check(check: Mapping[str, Any]) -> dict[str, Any]:
    texts: dict[str, Any] = {name: _text(check[name]) for name in CHECK_TEXTS}
    found = [{name: _text(each[name]) for name in CONTRADICTION_TEXTS} for each in check["contradictions"]]
    return texts | {"position": check["position"], "contradictions": found}


def _image(image: Mapping[str, Any]) -> dict[str, Any]:
    texts: dict[str, Any] = {name: _text(image[name]) for name in IMAGE_TEXTS}
    return texts | {name: image[name] for name in IMAGE_NUMBERS}


def _paper_link(link: Mapping[str, Any]) -> dict[str, Any]:
    texts: dict[str, Any] = {name: _text(link[name]) for name in LINK_TEXTS}
    return texts | {"probability": link["probability"], "is_answer": link["is_answer"]}


def _text(text: str | None) -> str | None:
    return text if text is None else text.encode("utf-8", "replace").decode("utf-8")
