"""Quality gate: floors that figures may not fall below, pinned to the corpus on which they were measured."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

FLOORS = Path(__file__).parent / "floors.json"
SLACK = 0.0005  # a figure may be this much below its floor: rounding, less than one page


@dataclass(frozen=True, slots=True)
class Floors:
    """The hash of the corpus, and the floors by the name of the figure."""

    corpus: str
    figures: dict[str, float]


def load(path: Path) -> Floors | None:
    """Return the floors in a file, None if there is no file."""
    return Floors(**json.loads(path.read_text(encoding="utf-8"))) if path.exists() else None


def save(floors: Floors, path: Path) -> None:
    """Write the floors to a file."""
    path.write_text(json.dumps(asdict(floors), indent=2) + "\n", encoding="utf-8")


def below_floor(floors: Floors, figures: dict[str, float]) -> list[str]:
    """Return the names of the figures that are below their floors or missing."""
    return [name for name, floor in floors.figures.items() if figures.get(name, 0.0) < floor - SLACK]


def raised(floors: Floors | None, corpus: str, figures: dict[str, float], *, lower: bool) -> Floors:
    """Return new floors: figures that are above their floors; with `lower` or for another corpus all figures."""
    rounded = {name: round(figure, 4) for name, figure in figures.items()}
    if floors is None or lower or floors.corpus != corpus:
        return Floors(corpus, rounded)
    return Floors(corpus, {name: max(figure, floors.figures.get(name, 0.0)) for name, figure in rounded.items()})
