"""Parse a printed reference into its fields."""

import re
from collections.abc import Mapping

from archive.article import Reference
from archive.references import gazetteer, sequence_model
from archive.references.fields import read_fields
from archive.references.kinds import csl_type, titled
from archive.references.numbers import read_numbers
from archive.references.prepared import prepare

# Characters of an entry that are read for its fields: the model needs some 4 KB of memory for each. The longest of the
# 13,200 printed references in the training and development files has 909.
LONGEST = 5_000
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")  # the model takes no lone surrogates, SQLite neither them nor NUL
_CHECKED = frozenset({"isbn", "issn"})  # kinds with a check digit


def parse_reference(text: str) -> Reference:
    """Parse one printed reference into a Reference of kind `list`.

    `text` is one entry, with or without its label, in any language; line breaks and repeated spaces count as one space.
    Any string gives a Reference and none raises an error: `raw` is the text with white space folded, NUL and lone
    surrogates as U+FFFD, a field that is not found in its first 5,000 characters is None or empty.

    Patterns read identifiers, locators and type marks. The sequence model (`archive.references.sequence_model`) reads
    authors, title, container and publisher; where a GB/T 7714 mark such as [J] is printed, rules do. `confidence` maps
    each field found to the marginal probability (0..1) of its least certain token; an identifier has 1.0 if its check
    digit is right and 0.99 if its kind has none. data/MODEL_CARD.md holds measured precision by confidence.
    """
    return read_reference(text, sequence_model.shipped(), gazetteer.shipped())


def read_reference(text: str, model: sequence_model.Model, journals: gazetteer.Gazetteer) -> Reference:
    """Parse a reference with the given model and gazetteer."""
    raw = " ".join(_UNSTORABLE.sub("\ufffd", text).split())
    prepared = prepare(raw[:LONGEST])
    runs = model.label_spans(prepared, journals)
    fields = read_fields(prepared, runs)
    numbers = read_numbers(prepared, runs)
    kind = csl_type(prepared, fields, numbers, journals)
    fields, numbers = titled(prepared, kind, fields, numbers)
    return Reference(
        label=prepared.label.name if prepared.label else None,
        raw=raw,
        type=kind,
        authors=fields.authors,
        et_al=fields.et_al,
        title=fields.title or None,
        container_title=fields.container or None,
        publisher=fields.publisher or None,
        year=numbers.year,
        volume=numbers.volume,
        issue=numbers.issue,
        pages=numbers.pages,
        url=prepared.url,
        accessed=prepared.accessed,
        confidence=_confidence(fields.confidence, numbers.confidence, prepared.found),
        **prepared.found,
    )


def _confidence(*parts: Mapping[str, object]) -> dict[str, float]:
    *read, found = parts
    sure = {name: round(float(str(value)), 3) for part in read for name, value in part.items()}
    return sure | {kind: 1.0 if kind in _CHECKED else 0.99 for kind in found}
