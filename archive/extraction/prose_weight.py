"""How much prose a line is: the measure by which bodies are compared and cuts are limited."""

from archive.text.scripts import count_cjk

# A line of prose has as many letters; a CJK character counts as two.
PROSE = 80


def weight(text: str) -> int:
    """Letters of prose in a line: its length, CJK characters twice; 0 for a line too short to be prose."""
    size = len(text) + count_cjk(text)
    return size if size >= PROSE else 0
