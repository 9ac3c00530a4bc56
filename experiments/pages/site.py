# SPDX-License-Identifier: Apache-2.0
"""Hooks for MkDocs: files outside docs/ that pages link to become part of the site.

MkDocs calls these functions, see mkdocs.yml. Pages link to files by their paths in the repository, so that links work
there, too.
"""

import os
import posixpath
import re
from pathlib import Path, PurePosixPath
from typing import Any

from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

ROOT = Path(__file__).resolve().parents[2]
DOCS = PurePosixPath('docs')
_LINK = re.compile(r'(?<=\]\()(?!\w+:|#)([^)\s#]+)((?:#[^)\s]*)?)(?=\))')
_ROLE = re.compile(r':(?:attr|class|data|func|meth|mod):(?=<code)|:(?:attr|class|data|func|meth|mod):(?=`)')
_NAME_IN_CELL = re.compile(r'(?<=<td><code>)[^<]*')


def on_files(files: Files, config: Any) -> Files:
    """Add the pages outside docs/ that mkdocs.yml lists, and all files that pages link to."""
    waiting = [file.src_uri for file in files.documentation_pages()] + list(config.extra['from_the_repository'])
    seen = set()
    while waiting:
        place = waiting.pop()
        if place in seen:
            continue
        seen.add(place)
        source = _in_repository(place)
        if files.get_file_from_path(place) is None:
            if not (ROOT / source).is_file():
                continue  # MkDocs warns about the link
            files.append(File.generated(config, place, abs_src_path=str(ROOT / source)))
        if place.endswith('.md'):
            waiting += [_in_site(target) for target in _targets(source, (ROOT / source).read_text())]
    return files


def on_page_markdown(markdown: str, page: Page, config: Any, files: Files) -> str:
    """Change links to the places of the files on the site."""
    source = _in_repository(page.file.src_uri)
    here = posixpath.dirname(page.file.src_uri)

    def moved(match: re.Match[str]) -> str:
        target = _in_site(_target(source, match[1]))
        return posixpath.relpath(target, here or '.') + match[2]

    return _LINK.sub(moved, markdown)


def on_page_content(html: str, page: Page, config: Any, files: Files) -> str:
    """Remove Sphinx's roles from docstrings, and let long names in tables break after a slash or underscore."""
    return _NAME_IN_CELL.sub(lambda match: re.sub(r'(?<=[/_.])(?=\w)', '<wbr>', match[0]), _ROLE.sub('', html))


def _targets(source: PurePosixPath, text: str) -> list[PurePosixPath]:
    return [_target(source, match[1]) for match in _LINK.finditer(text)]


def _target(source: PurePosixPath, link: str) -> PurePosixPath:
    return PurePosixPath(posixpath.normpath(posixpath.join(source.parent, link)))


def _in_repository(place: str) -> PurePosixPath:
    """Return the path of a page of the site; for a file outside docs/, its place on the site."""
    inside = DOCS / place
    return inside if (ROOT / inside).exists() else PurePosixPath(place)


def _in_site(source: PurePosixPath) -> str:
    return os.fspath(source.relative_to(DOCS) if source.is_relative_to(DOCS) else source)
