"""Building the site: its sources are gathered in a scratch folder, and Sphinx writes the pages."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from website.checks import faults
from website.sources import CHECKOUT, pages

HERE = Path(__file__).parent
_OWN = (".buildinfo", "objects.inv")


class SiteError(Exception):
    """The site cannot be built, or is not as it should be."""


def build(target: Path) -> int:
    """Write the site into a folder in place of what was there, and return how many pages it has.

    Raises ``SiteError`` for any warning of Sphinx, dead links, and files of other hosts.
    """
    with TemporaryDirectory(prefix="distrorocks-site-") as scratch:
        sources, made = Path(scratch, "sources"), Path(scratch, "site")
        _write_sources(sources)
        _run_sphinx(sources, made)
        for name in _OWN:  # of use to Sphinx only
            (made / name).unlink(missing_ok=True)
        written = {str(it.relative_to(made)): it for it in sorted(made.rglob("*")) if it.is_file()}
        if found := faults({path: it.read_bytes() for path, it in written.items()}):
            raise SiteError("\n".join(found))
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(made, target)
    return sum(path.endswith(".html") for path in written)


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
