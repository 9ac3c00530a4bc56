# SPDX-License-Identifier: Apache-2.0
"""Puts measured tables into pages; nothing is copied by hand."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGES = ROOT / 'docs'


def fill(page: str, blocks: dict[str, str]) -> None:
    """Replace the text between `<!-- NAME -->` and `<!-- end of NAME -->` in a page of docs/.

    :raises SystemExit: the page has no such place, or more than one
    """
    (PAGES / page).write_text(filled(PAGES / page, blocks))


def write(files: dict[str, str]) -> None:
    """Write files, named by their paths in the repository."""
    for path, text in files.items():
        (ROOT / path).write_text(text)


def filled(path: Path, blocks: dict[str, str]) -> str:
    """Return a page as :func:`fill` writes it.

    :raises SystemExit: as :func:`fill`
    """
    text = path.read_text()
    for name, block in blocks.items():
        text, count = re.subn(
            rf'(<!-- {name} -->\n).*?(<!-- end of {name} -->)',
            lambda match, block=block: f'{match[1]}{block}\n{match[2]}',
            text,
            flags=re.DOTALL,
        )
        if count != 1:
            raise SystemExit(f'{path}: no place for {name}, or several')
    return text


def table(headings: list[str], rows: list[list[str]]) -> str:
    """Return a table in Markdown, with numbers to the right of the first column."""
    lines = [headings, ['---', *(['---:'] * (len(headings) - 1))], *rows]
    return '\n'.join(f'| {" | ".join(line)} |' for line in lines)
