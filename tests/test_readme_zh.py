"""README.zh.md has the commands of the first screen of README.md, and each leads to the other."""

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent
ENGLISH = (ROOT / "README.md").read_text(encoding="utf-8").partition("\n## ")[0]
CHINESE = (ROOT / "README.zh.md").read_text(encoding="utf-8")


def commands(text: str) -> list[str]:
    """The commands in blocks and in the text, in order, without comments."""
    found = re.findall(r"^(?:\$ )?((?:make|healthnews) [^\n#]*)|`((?:make|healthnews) [^`\n]+)`", text, re.MULTILINE)
    return [" ".join((block or inline).split()) for block, inline in found]


def test_the_commands_are_those_of_the_english_page() -> None:
    assert len(commands(ENGLISH)) >= 6
    assert commands(CHINESE) == commands(ENGLISH)


def test_pictures_and_pages_lead_to_what_is_there() -> None:
    assert "(README.zh.md)" in ENGLISH
    assert re.findall(r"!\[[^]]*\]\(([^)]*)\)", CHINESE) == re.findall(r"!\[[^]]*\]\(([^)]*)\)", ENGLISH)
    assert all((ROOT / target).exists() for target in re.findall(r"\]\(([^)]*)\)", CHINESE))
