"""Packaging without our helpers: built with what distributions ship today."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from distrorocks.errors import NegativeError
from distrorocks.packaging.merge.pristine import Making, Pristine
from distrorocks.packaging.scaffold.folder import PackagingFile
from distrorocks.packaging.scaffold.scaffold import Request, Scaffold, scaffolds, write
from distrorocks.packaging.scaffold.update import update
from distrorocks.packaging.source.facts import Sources
from distrorocks.rocks.rock_manifest import persisted_files
from distrorocks.system.lua.jail import Jail
from tests.packaging.scaffolding import outputs, packed, plan_of, rock_facts

GOLDEN = Path(__file__).parent / "golden"
OURS = ("dh-luarocks", "dh-sequence-luarocks", "luarocks-rpm-macros", "distrorocks", "${lua:")
OTHERS = [("deb", "plain"), ("fedora", "plain"), ("deb", "dh-lua")]
PURE = """package = "Bar"
version = "2.0-1"
source = { url = "https://example.org/bar-2.0.tar.gz" }
description = { summary = "A library of bar.", homepage = "https://example.org", license = "MIT" }
dependencies = { "lua >= 5.3", "lpeg >= 1.0" }
build = {
   type = "builtin", modules = { ["bar"] = "bar.lua", ["bar.more"] = "more.lua" },
   install = { bin = { barcmd = "bar.lua" } },
}
"""


def request(tmp_path: Path, form: str, helper: str = "plain") -> Request:
    """Return the request for a rock in C, on a system whose indexes do not count."""
    root = tmp_path / "root"
    (root / "etc").mkdir(parents=True, exist_ok=True)
    (root / "etc/os-release").write_text("ID=arch\n")
    return Request(
        packed(tmp_path),
        str(tmp_path / "out"),
        formats=(form,),
        root=str(root),
        date=1577880000,
        helper=helper,
    )


def made(asked: Request) -> Scaffold:
    """Return the packaging of a request."""
    with Jail() as jail:
        (one,) = scaffolds(asked, jail)
    return one


def pure(form: str, helper: str = "plain") -> dict[str, str]:
    """Return the files of a rock in Lua alone, in plain shell or for dh-lua."""
    facts = rock_facts(PURE, Sources(("bar.lua", "more.lua")))
    return outputs(plan_of(facts, form, settings={"helper": helper}))


def as_golden(name: str, files: Mapping[str, str]) -> None:
    """Compare files with those of a golden folder; all of them are there."""
    place = GOLDEN / name
    expected = {
        str(path.relative_to(place)): path.read_text()
        for path in sorted(place.rglob("*"))
        if path.is_file()
    }
    assert {path: files[path] for path in expected} == expected
    assert expected


@pytest.mark.parametrize(("form", "helper"), OTHERS)
def test_packaging_without_our_helpers_names_none(tmp_path: Path, form: str, helper: str) -> None:
    """Neither what it is built with nor what it is tested with is ours."""
    one = made(request(tmp_path, form, helper))
    text = "".join(content.decode() for content, _ in one.outputs.values())
    text += "".join(pure(form, helper).values())
    for theirs in ("${lua:Provides}", "${lua:Versions}") if helper == "dh-lua" else ():
        text = text.replace(theirs, "")
    assert not [word for word in OURS if word in text]


@pytest.mark.parametrize(("form", "helper"), OTHERS)
def test_packaging_without_our_helpers_is_as_before(tmp_path: Path, form: str, helper: str) -> None:
    """Of a rock in C, and of one in Lua alone, to the byte."""
    rendered = made(request(tmp_path, form, helper)).outputs
    name = form if helper == "plain" else helper
    as_golden(f"{name}-c", {path: content.decode() for path, (content, _) in rendered.items()})
    as_golden(f"{name}-lua", pure(form, helper))


@pytest.mark.parametrize(("form", "helper"), OTHERS)
def test_scripts_of_other_packaging_are_programs(tmp_path: Path, form: str, helper: str) -> None:
    """What begins as a script may be executed, and nothing else."""
    rendered = made(request(tmp_path, form, helper)).outputs
    for path, (content, mode) in rendered.items():
        assert (path, mode == 0o755) == (path, content.startswith(b"#!"))


@pytest.mark.parametrize(("form", "helper"), OTHERS)
def test_an_update_keeps_the_helper(tmp_path: Path, form: str, helper: str) -> None:
    """Unless another one is asked for: then its files come, and those of the other go."""
    asked = request(tmp_path, form, helper)
    one = made(asked)
    write([one], asked)
    later = asked._replace(path=packed(tmp_path, "1.1"), helper="")
    with Jail() as jail:
        (kept,) = update(later, jail)
        assert kept.plan.helper == helper
        (back,) = update(later._replace(helper="dh-luarocks"), jail)
        assert back.plan.helper not in ("plain", "dh-lua")
        assert update(later, jail)[0].merge.changes == ()
    assert not (tmp_path / "out/debian/place-rock").exists()
    assert not list(tmp_path.glob("out/debian/*.conf"))


@pytest.mark.parametrize("helper", ["plain", "dh-lua"])
def test_the_helper_of_the_settings_is_taken(tmp_path: Path, helper: str) -> None:
    """The command line's comes first, then that of distrorocks.toml, then that of the packaging."""
    asked = request(tmp_path, "deb", "")
    (tmp_path / "out").mkdir()
    assert made(asked).plan.helper == "dh-luarocks"
    (tmp_path / "out/distrorocks.toml").write_text(f'helper = "{helper}"\n')
    assert made(asked).plan.helper == helper
    assert made(asked._replace(helper="dh-luarocks")).plan.helper == "dh-luarocks"


def test_a_stored_render_has_its_helper() -> None:
    """It is in the first line; a packaging with our helpers is stored as ever."""
    files = {"a": PackagingFile(b"x\n")}
    usual = Pristine("foo", "1.0-1", files)
    assert "\nrock foo 1.0-1\n" in str(usual)
    assert Pristine.parse(str(usual), "") == usual
    for helper in ("plain", "dh-lua"):
        other = usual._replace(made=Making(helper, "sid", 7))
        assert Pristine.parse(str(other), "") == other


@pytest.mark.parametrize("place", ["helper", "settings"])
def test_dh_lua_is_for_debian_alone(tmp_path: Path, place: str) -> None:
    """Fedora's packaging is not written with another helper than the one that was named."""
    asked = request(tmp_path, "fedora", "dh-lua" if place == "helper" else "")
    if place == "settings":
        (tmp_path / "out").mkdir()
        (tmp_path / "out/distrorocks.toml").write_text('helper = "dh-lua"\n')
    with pytest.raises(NegativeError, match="dh-lua is a helper of Debian alone"):
        made(asked)


def test_placed_rocks_have_the_digests_of_their_files(tmp_path: Path) -> None:
    """Of changed commands and modules too; documents are in the place of documents."""
    script = tmp_path / "place-rock"
    script.write_text(pure("deb")["debian/place-rock"])
    for lua in ("5.3", "5.4"):
        _built(tmp_path / "built" / lua, lua)
    words = ("sh", str(script), str(tmp_path / "built"), str(tmp_path / "package"), "x-linux-gnu")
    subprocess.run(words, check=True)
    usr = tmp_path / "package/usr"
    assert (usr / "bin/barcmd").read_text() == "#!/usr/bin/lua5.4\nprint()\n"
    assert (usr / "share/lua/5.3/bar.lua").read_text() == "\nreturn {}\n"
    assert (usr / "share/lua/5.4/bar.lua").readlink() == Path("../5.3/bar.lua")
    assert (usr / "share/doc/lua-bar/bar.md").is_file()
    for lua in ("5.3", "5.4"):
        rock = usr / f"lib/luarocks/rocks-{lua}/bar/2.0-1"
        assert {path.name for path in rock.iterdir()} == {"rock_manifest", "bar-2.0-1.rockspec"}
        assert (rock / "rock_manifest").read_text() == (
            "rock_manifest = {\n"
            f'   bin = {{\n      barcmd = "{_digest(usr / "bin/barcmd")}"\n   }},\n'
            f'   lua = {{\n      ["bar.lua"] = "{_digest(usr / f"share/lua/{lua}/bar.lua")}"\n'
            "   }\n}\n"
        )
    assert not (usr / "lib/luarocks/rocks-5.4/manifest").exists()


def test_dh_lua_packages_have_the_digests_of_their_files(tmp_path: Path) -> None:
    """Of commands, of modules in folders, and of the rockspec; LuaRocks' own form is kept."""
    rendered = pure("deb", "dh-lua")
    source, package = tmp_path / "source", tmp_path / "package"
    (source / "debian").mkdir(parents=True)
    (source / "debian/place-rock").write_text(rendered["debian/place-rock"])
    (source / "debian/bar-2.0-1.rockspec").write_text(PURE)
    (source / "bar.lua").write_text("print()\n")
    for lua in ("5.3", "5.4"):
        place = package / "usr/share/lua" / lua
        (place / "bar").mkdir(parents=True)
        (place / "bar.lua").write_text("#!/usr/bin/lua\nreturn {}\n")
        (place / "bar/more.lua").write_text("return 1\n")
    subprocess.run(("sh", "debian/place-rock", str(package)), cwd=source, check=True)
    usr = package / "usr"
    assert (usr / "bin/barcmd").read_text() == "#!/usr/bin/lua5.4\nprint()\n"
    for lua in ("5.3", "5.4"):
        modules = usr / "share/lua" / lua
        assert (modules / "bar.lua").read_text() == "\nreturn {}\n"
        rock = usr / f"lib/luarocks/rocks-{lua}/bar/2.0-1"
        files = persisted_files((rock / "rock_manifest").read_text())
        assert files == {
            "bin": {"barcmd": _digest(usr / "bin/barcmd")},
            "lua": {it: _digest(modules / it) for it in ("bar.lua", "bar/more.lua")},
            "lib": {},
            "rest": {"bar-2.0-1.rockspec": _digest(rock / "bar-2.0-1.rockspec")},
        }


def _built(tree: Path, lua: str) -> None:
    """Make what LuaRocks would have built for one Lua."""
    shutil.rmtree(tree, ignore_errors=True)
    usr = tree / "usr"
    rock = f"lib/luarocks/rocks-{lua}"
    command, module = "#!/usr/bin/env lua\nprint()\n", "#!/usr/bin/lua\nreturn {}\n"
    digests = [hashlib.md5(text.encode()).hexdigest() for text in (command, module)]
    files = {
        "bin/barcmd": command,
        f"share/lua/{lua}/bar.lua": module,
        f"{rock}/manifest": "of the tree\n",
        f"{rock}/bar/2.0-1/bar-2.0-1.rockspec": PURE,
        f"{rock}/bar/2.0-1/doc/bar.md": "# Bar\n",
        f"{rock}/bar/2.0-1/rock_manifest": "rock_manifest = {\n"
        f'   bin = {{\n      barcmd = "{digests[0]}"\n   }},\n'
        '   doc = {\n      ["bar.md"] = "0",\n      us = {\n         a = "1"\n      }\n   },\n'
        f'   lua = {{\n      ["bar.lua"] = "{digests[1]}"\n   }}\n}}\n',
    }
    for path, text in files.items():
        place = usr / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)


def _digest(path: Path) -> str:
    return hashlib.md5(path.read_bytes()).hexdigest()
