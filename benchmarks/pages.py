"""Sections of the documents that programs write.

The one idea: a program owns one section, from its heading to the next heading of the same level, and replaces it
without a look at the others; a new section goes to the end of the page.
"""

from __future__ import annotations

import re
from pathlib import Path

HOMES = Path(__file__).parent.parent / "docs" / "homes.md"
"""The page about the built-in homes."""


def write_section(page: Path, heading: str, text: str) -> None:
    """Put a section of second level into a page, in the place of an older one.

    Args:
        page: A Markdown file; made where there is none.
        heading: The section's title, without "## ".
        text: What stands below it; its own headings are of third level or lower.
    """
    before = page.read_text(encoding="utf-8") if page.is_file() else ""
    section = f"## {heading}\n\n{text.strip()}\n"
    older = re.compile(rf"^## {re.escape(heading)}\n.*?(?=^## |\Z)", re.MULTILINE | re.DOTALL)
    if older.search(before):
        after = older.sub(lambda _: f"{section}\n", before, count=1)
    else:
        after = f"{before.rstrip()}\n\n{section}"
    page.write_text(f"{after.strip()}\n", encoding="utf-8")
