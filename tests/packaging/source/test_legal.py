"""What the files of a rock state of licences, holders and authors."""

from __future__ import annotations

from distrorocks.licensing.finding import is_build_file
from distrorocks.packaging.source.legal import legal_facts, named_authors
from tests.licensing.passages import MIT

TEXTS = {
    "LICENSE": MIT,
    "a.lua": "-- Copyright 2020 Carl Example\n",
    "b.lua": "return {}\n",
    "m4/ax.m4": "# Copyright 2010 Bo Builder\n",
    "m4/lt.m4": f"# {MIT}".replace("\n", "\n# ").replace("Ada", "Dee"),
}


def test_files_of_build_tools_name_holders_only_with_a_licence() -> None:
    """Those are told of by the file; the holders of the rock are those of its own files."""
    assert [path for path in TEXTS if is_build_file(path)] == ["m4/ax.m4", "m4/lt.m4"]
    found = legal_facts(TEXTS)
    assert list(found.holders_by_file) == ["LICENSE", "a.lua", "m4/lt.m4"]
    assert "Dee Example" in found.holders_by_file["m4/lt.m4"][0]
    assert [name for name in found.holders if "Ada" not in name] == ["2020 Carl Example"]
    assert {one.path for one in found.findings} == {"LICENSE", "m4/lt.m4"}
    assert found.license_texts == {"MIT": MIT}


def test_authors_are_named_in_sources_and_the_readme() -> None:
    """Each once, in the order of the files, and twenty at most."""
    texts = {f"{number:02}.lua": f"-- Author: Ann {chr(65 + number)}ther\n" for number in range(25)}
    texts["README.md"] = "-- Author: Ann Ather\n"
    texts["test/x.lua"] = "-- Author: Tess Ter\n"
    found = named_authors(texts)
    assert found[:2] == ("Ann Ather", "Ann Bther")
    assert len(found) == 20
    assert "Tess Ter" not in found
