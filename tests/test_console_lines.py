"""Lines of styled pieces: as text for a pipe, and the same words on a terminal."""

import pytest
from rich.console import Console

from archive.console.lines import Line, Piece, as_group, as_text, line

LINES = [
    (line("Immune cells", Piece("  +2 copies", "cyan"), rest="    "), "Immune cells  +2 copies\n"),
    (line(Piece("https://a.example/1", url="https://a.example/1"), first="  "), "  https://a.example/1\n"),
    (line("免疫\n细胞", first="  ", rest="    "), "  免疫\n    细胞\n"),
    (line("title\x1b[31m \u202ereversed"), "title[31m reversed\n"),
    (line("one\ttwo  "), "one     two\n"),
    (line(), "\n"),
]


@pytest.mark.parametrize(("made", "text"), LINES)
def test_a_line_in_a_pipe_is_not_wrapped(made: Line, text: str) -> None:
    assert as_text([made]) == text


@pytest.mark.parametrize("made", [LINES[0][0], LINES[1][0], LINES[2][0], LINES[5][0]])
def test_a_terminal_shows_the_same_words(made: Line) -> None:
    out = Console(width=10_000, color_system=None, force_terminal=False)
    with out.capture() as captured:
        out.print(as_group([made]))
    assert captured.get() == as_text([made])
