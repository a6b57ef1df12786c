"""Floors: the figures a change may not fall below, pinned to the corpus they were measured on."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

FLOORS = Path(__file__).parent / "floors.json"
SLACK = 0.0005  # what a figure may lie below its floor: rounding, not a page


@dataclass(frozen=True, slots=True)
class Floors:
    """The hash of the corpus, and figure -> floor."""

    corpus: str
    figures: dict[str, float]


def load(path: Path) -> Floors | None:
    """The pinned floors; None while there are none."""
    return Floors(**json.loads(path.read_text(encoding="utf-8"))) if path.exists() else None


def save(floors: Floors, path: Path) -> None:
    """Pins the floors."""
    path.write_text(json.dumps(asdict(floors), indent=2) + "\n", encoding="utf-8")


def sunk(floors: Floors, figures: dict[str, float]) -> list[str]:
    """The names of the figures that lie below their floors, or that are not measured any more."""
    return [name for name, floor in floors.figures.items() if figures.get(name, 0.0) < floor - SLACK]


def raised(floors: Floors | None, corpus: str, figures: dict[str, float], *, lower: bool) -> Floors:
    """New floors: each figure where it is higher than its floor; with `lower`, or for another corpus, all of them."""
    rounded = {name: round(figure, 4) for name, figure in figures.items()}
    if floors is None or lower or floors.corpus != corpus:
        return Floors(corpus, rounded)
    return Floors(corpus, {name: max(figure, floors.figures.get(name, 0.0)) for name, figure in rounded.items()})
