"""Write Simplified Chinese of the interface in Traditional characters, with the words used in Taiwan and Hong Kong."""

import re
import tomllib
from functools import cache
from importlib.resources import files

from archive.text.folding import traditional_characters


def to_traditional(text: str) -> str:
    """Return a text of the interface in Traditional characters.

    Words of traditional.toml come first, the longest before the others. Then each character becomes the one that the
    file names, or the only one that folds to it.
    """
    words, pattern, characters = _tables()
    return "".join(words.get(piece) or piece.translate(characters) for piece in pattern.split(text) if piece)


@cache
def _tables() -> tuple[dict[str, str], re.Pattern[str], dict[int, str]]:
    content = tomllib.loads(files("archive.web").joinpath("translations", "traditional.toml").read_text("utf-8"))
    words, listed = content["words"], content["characters"]
    pattern = re.compile(f"({'|'.join(map(re.escape, sorted(words, key=len, reverse=True)))})")
    characters = {simplified: traditional for traditional, simplified in traditional_characters()}
    characters |= dict(zip(listed["simplified"], listed["traditional"], strict=True))
    characters |= dict(zip(listed["same"], listed["same"], strict=True))
    return words, pattern, str.maketrans(characters)
