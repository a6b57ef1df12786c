"""How much prose a line is: the measure by which bodies are compared and cuts are limited."""

import re

# A line of prose has as many letters; a CJK character counts as two.
PROSE = 80
_WIDE = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


def weight(text: str) -> int:
    """Letters of prose in a line: its length, CJK characters twice; 0 for a line too short to be prose."""
    size = len(text) + len(_WIDE.findall(text))
    return size if size >= PROSE else 0
