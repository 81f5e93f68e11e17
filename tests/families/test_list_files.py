"""A list of packages is known by its content, whatever its name and the system."""

from __future__ import annotations

import gzip
import io
import lzma
import tarfile
from pathlib import Path

import pytest

from distrorocks.errors import DistrorocksError
from distrorocks.families.list_files import FILES, PACKAGES, kind_of, read_kinds, read_lists

DEB = b"""Package: lua-a
Version: 1.2-3
Architecture: s390x
Lua-Versions: 5.4

Package: bash
Version: 5
Architecture: s390x
"""
CONTENTS = b"""bin/ls                                    utils/coreutils
usr/share/lua/5.4/odd.lua                 interpreters/odd
"""
PRIMARY = b"""<?xml version="1.0" encoding="UTF-8"?>
<metadata xmlns="http://linux.duke.edu/metadata/common"
  xmlns:rpm="http://linux.duke.edu/metadata/rpm" packages="1">
<package type="rpm"><name>lua-a</name><arch>s390x</arch><version epoch="0" ver="1.2" rel="3"/>
<format/></package>
</metadata>
"""
FILELISTS = b"""<?xml version="1.0" encoding="UTF-8"?>
<filelists xmlns="http://linux.duke.edu/metadata/filelists" packages="1">
<package pkgid="01" name="lua-a" arch="s390x"><version epoch="0" ver="1.2" rel="3"/>
<file>/usr/share/lua/5.4/a.lua</file></package>
</filelists>
"""
APKINDEX = b"P:lua5.4-a\nV:1.2-r3\nA:s390x\n\nP:bash\nV:5-r0\nA:s390x\n\n"
DESC = b"%NAME%\nlua-a\n\n%VERSION%\n1.2-3\n\n%ARCH%\ns390x\n\n"


def packed(members: dict[str, bytes]) -> bytes:
    """Return a tar with members, packed by gzip."""
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w:gz") as archive:
        for name, content in members.items():
            header = tarfile.TarInfo(name)
            header.size = len(content)
            archive.addfile(header, io.BytesIO(content))
    return file.getvalue()


PLACE = "lua-a-1.2-3"
DB = packed({f"{PLACE}/desc": DESC})
LISTED = b"%FILES%\nusr/share/lua/5.4/a.lua\n"
LISTING = packed({f"{PLACE}/desc": DESC, f"{PLACE}/files": LISTED})
KINDS = {
    "Packages": (DEB, "deb", (PACKAGES,)),
    "renamed.gz": (gzip.compress(DEB), "deb", (PACKAGES,)),
    "Packages.xz": (lzma.compress(DEB), "deb", (PACKAGES,)),
    "Contents-all": (CONTENTS, "deb", (FILES,)),
    "1-primary.xml.gz": (gzip.compress(PRIMARY), "rpm", (PACKAGES,)),
    "filelists.xml": (FILELISTS, "rpm", (FILES,)),
    "APKINDEX": (APKINDEX, "apk", (PACKAGES,)),
    "APKINDEX.tar.gz": (packed({"DESCRIPTION": b"v3", "APKINDEX": APKINDEX}), "apk", (PACKAGES,)),
    "core.db": (DB, "pacman", (PACKAGES, FILES)),
    "core.db.tar.gz": (DB, "pacman", (PACKAGES, FILES)),
    "core.files": (LISTING, "pacman", (PACKAGES, FILES)),
}


def put(folder: Path, name: str, content: bytes) -> str:
    """Write a file, and return its path."""
    (folder / name).write_bytes(content)
    return str(folder / name)


@pytest.mark.parametrize("name", KINDS)
def test_a_list_is_known_by_its_content(tmp_path: Path, name: str) -> None:
    """Of each family, packed or not."""
    content, family, tells = KINDS[name]
    path = put(tmp_path, name, content)
    found = kind_of(path)
    assert found == (path, family, tells)


@pytest.mark.parametrize("name", [each for each, kind in KINDS.items() if PACKAGES in kind[2]])
def test_the_packages_of_a_list_are_read_for_any_architecture(tmp_path: Path, name: str) -> None:
    """Lists of another machine count as those of this one; only what may be of Lua is kept."""
    kinds, unread = read_kinds([put(tmp_path, name, KINDS[name][0])])
    found = read_lists(kinds, ())
    assert [each.architecture for each in found.packages] == ["s390x"]
    assert found.packages[0].version.startswith("1.2-")
    files = ("/usr/share/lua/5.4/a.lua",) if name == "core.files" else ()
    assert found.packages[0].files == files
    assert (unread, found.unread) == ((), ())


def test_lists_of_files_bring_packages_that_no_name_tells(tmp_path: Path) -> None:
    """A package with modules is read, whatever it is called."""
    odd = b"Package: odd\nVersion: 1\nArchitecture: all\n"
    paths = [put(tmp_path, "a", CONTENTS), put(tmp_path, "b", odd)]
    found = read_lists(read_kinds(paths)[0], ())
    assert [(each.name, each.files) for each in found.packages] == [
        ("odd", ("/usr/share/lua/5.4/odd.lua",))
    ]
    paths = [put(tmp_path, "c", PRIMARY), put(tmp_path, "d", FILELISTS)]
    (package,) = read_lists(read_kinds(paths)[0], ()).packages
    assert package.files == ("/usr/share/lua/5.4/a.lua",)


def test_what_is_no_list_is_told_and_the_others_count(tmp_path: Path) -> None:
    """An empty list says nothing, and is no fault."""
    paths = [put(tmp_path, "a", DEB), put(tmp_path, "b", b"\n"), put(tmp_path, "c", b"what\nis it")]
    kinds, unread = read_kinds([*paths, str(tmp_path / "none")])
    assert [each.path for each in kinds] == paths[:1]
    assert len(unread) == 2
    assert unread[0].startswith(f"{paths[2]} is no list of packages")
    assert str(tmp_path / "none") in unread[1]


def test_damage_is_told(tmp_path: Path) -> None:
    """A list that was cut off counts as far as it goes, and is named."""
    path = put(tmp_path, "Packages.gz", gzip.compress(DEB)[:-9])
    kinds, unread = read_kinds([put(tmp_path, "Packages", DEB), path])
    assert unread or read_lists(kinds, ()).unread
    assert path in (*unread, *read_lists(kinds, ()).unread)[0]


def test_one_distribution_is_surveyed_at_a_time(tmp_path: Path) -> None:
    """Lists of two families are refused, and so is what lists files alone."""
    with pytest.raises(DistrorocksError) as caught:
        read_kinds([put(tmp_path, "a", DEB), put(tmp_path, "b", PRIMARY)])
    assert caught.value.brief == "the lists are of several distributions"
    with pytest.raises(DistrorocksError) as caught:
        read_kinds([put(tmp_path, "c", CONTENTS)])
    assert caught.value.brief == "none of the files lists packages with their versions"
