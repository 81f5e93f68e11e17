"""Source rocks made of upstream's archives, as Debian's source packages have them."""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

from distrorocks.system.lua.file import ROCKSPEC_LIMIT, chunk_of
from distrorocks.system.lua.jail import Jail
from integration.machines.machine import CommandError, run
from integration.machines.rock_specs import ROCKS, RockSource, tarball
from integration.machines.scratch import live


def debian_rocks(folder: Path) -> Iterator[Path]:
    """Yield a ``.src.rock`` for each source package of ``ROCKS`` whose archive the mirror has."""
    with Jail() as jail:
        for source in ROCKS:
            try:
                archive = tarball(source)
            except CommandError:
                print(f"the mirror does not have {source.source} of {source.suite}")
                continue
            yield _packed(source, archive, folder, jail)


def _packed(source: RockSource, archive: Path, folder: Path, jail: Jail) -> Path:
    """Pack an archive as ``luarocks pack`` would: as it is, or as a checkout of its repository."""
    tree = Path(tempfile.mkdtemp(prefix="upstream-", dir=live()))
    run("tar", "-xf", archive, "-C", tree)
    (top,) = tree.iterdir()
    rockspec = min(top.rglob(source.rockspec), key=lambda path: len(path.parts))
    content = rockspec.read_bytes()[:ROCKSPEC_LIMIT]
    table = chunk_of(content, source.rockspec, jail=jail).globals["source"]
    assert isinstance(table, dict)
    address = str(table["url"])
    rock = folder / f"{source.rockspec.removesuffix('.rockspec')}.src.rock"
    with zipfile.ZipFile(rock, "w") as written:
        written.writestr(source.rockspec, content)
        if address.endswith((".tar.gz", ".tgz", ".tar.bz2", ".zip")):
            file = str(table.get("file", address.rpartition("/")[2]))
            name = str(table.get("dir", file.rpartition(".tar")[0] or file.rpartition(".")[0]))
            top.rename(tree / name)
            if file.endswith(".zip"):
                with zipfile.ZipFile(tree / file, "w") as inner:
                    _put(inner, tree / name, name)
            else:
                run("tar", "-C", tree, "-caf", tree / file, name)
            written.write(tree / file, file)
        else:
            name = str(table.get("dir", address.rpartition("/")[2].removesuffix(".git")))
            _put(written, top, name)
    return rock


def _put(archive: zipfile.ZipFile, folder: Path, name: str) -> None:
    """Put the files of a folder into a zip, under a name."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            archive.write(path, f"{name}/{path.relative_to(folder)}")
