"""Building the site: its sources are gathered in a scratch folder, and Sphinx writes the pages."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from docs.website.accessible import accessible
from docs.website.checks import faults
from docs.website.sources import CHECKOUT, pages

HERE = Path(__file__).parent
_OWN = (".buildinfo", "objects.inv")
"""Files that are of use to Sphinx only."""

_MARK = "_static/site.css"
"""A file that every site of ours has."""


class SiteError(Exception):
    """The site cannot be built, or is not as it should be."""


def build(target: Path) -> int:
    """Write the site into a folder in place of what was there, and return how many pages it has.

    Raises ``SiteError`` for any warning of Sphinx, dead links, and files of other hosts, and for a
    folder that has something else.
    """
    _check_target(target)
    with TemporaryDirectory(prefix="distrorocks-site-") as scratch:
        sources, made = Path(scratch, "sources"), Path(scratch, "site")
        _write_sources(sources)
        _run_sphinx(sources, made)
        site = _finished(made)
    if found := faults(site):
        raise SiteError("\n".join(found))
    shutil.rmtree(target, ignore_errors=True)
    for path, content in site.items():
        place = target / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
    return sum(path.endswith(".html") for path in site)


def _check_target(target: Path) -> None:
    """Raise ``SiteError`` for a folder that has something else than a site of ours."""
    if target.exists() and not (target / _MARK).is_file() and any(target.iterdir()):
        raise SiteError(f"{target} is no site: remove it, or name another folder")


def _finished(made: Path) -> dict[str, bytes]:
    """Return the files of the site by their paths, from what Sphinx wrote."""
    site = {}
    for place in sorted(made.rglob("*")):
        path = str(place.relative_to(made))
        if place.is_file() and path not in _OWN:
            content = place.read_bytes()
            if path.endswith(".html"):
                content = accessible(content.decode()).encode()
            site[path] = content
    return site


def _write_sources(folder: Path) -> None:
    """Write the pages and the configuration of Sphinx into a new folder."""
    for path, text in pages().items():
        place = folder / f"{path}.md"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)
    shutil.copy(HERE / "conf.py", folder)
    shutil.copytree(HERE / "static", folder / "static")


def _run_sphinx(sources: Path, made: Path) -> None:
    """Have Sphinx write the pages; any warning is an error."""
    options = ("-q", "-W", "--keep-going", "-E")  # Debian 12's Sphinx has no long names for these
    doctrees = ("-d", str(sources.parent / "doctrees"))
    command = (sys.executable, "-m", "sphinx", *options, *doctrees, str(sources), str(made))
    path = os.pathsep.join(filter(None, (str(CHECKOUT), os.environ.get("PYTHONPATH"))))
    environment = {**os.environ, "PYTHONPATH": path, "LC_ALL": "C.UTF-8"}
    if subprocess.run(command, env=environment, check=False).returncode:
        raise SiteError("Sphinx found the faults above")
