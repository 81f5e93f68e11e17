"""Folders of servers that we publish, with the real LuaRocks; and hostile ones."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from distrorocks.errors import DistrorocksError
from distrorocks.lua.read import parse
from distrorocks.serve.folder.publish import publish
from integration.conformance.directories import canonical
from integration.machines.machine import run

LUAS = tuple(lua for lua in ("5.1", "5.3", "5.4") if shutil.which(f"lua{lua}"))
ROCKSPEC = """package = "{name}"
version = "{version}"
source = {{ url = "file://{source}", dir = "." }}
description = {{ summary = "A rock", license = "MIT", homepage = "https://rocks.example/" }}
dependencies = {{ {needs} }}
build = {{ type = "none", install = {{ lua = {{ ["{name}"] = "{name}.lua" }} }} }}
"""

pytestmark = pytest.mark.skipif(not shutil.which("luarocks"), reason="there is no luarocks here")


def rockspec_text(folder: Path, name: str, needs: str = "", version: str = "1.0-1") -> str:
    """Return the rockspec of a rock of one module, whose source is beside the folder."""
    source = folder.parent / "sources" / f"{name}.lua"
    source.parent.mkdir(exist_ok=True)
    source.write_text(f"return '{name} {version}'\n")
    return ROCKSPEC.format(name=name, version=version, source=source, needs=needs)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with a rockspec, a rock of sources and a built rock, published."""
    directory = tmp_path / "server"
    directory.mkdir()
    (directory / "spec-1.0-1.rockspec").write_text(rockspec_text(directory, "spec", '"source"'))
    with zipfile.ZipFile(directory / "source-1.0-1.src.rock", "w") as rock:
        text = rockspec_text(directory, "source", '"built"')
        rock.writestr("source-1.0-1.rockspec", re.sub(r"file://.*/", "file://./", text, count=1))
        rock.writestr("source.lua", "return 'source 1.0-1'\n")
    with zipfile.ZipFile(directory / "built-1.0-1.all.rock", "w") as rock:
        rock.writestr("built-1.0-1.rockspec", rockspec_text(directory, "built"))
        rock.writestr("lua/built.lua", "return 'built 1.0-1'\n")
    (directory / "old-1.0-1.rockspec").write_text(rockspec_text(directory, "old", '"lua ~> 5.1"'))
    publish(str(directory))
    return directory


@contextmanager
def http_server(folder: Path, kind: str) -> Iterator[str]:
    """Run Python's own server or ours for the block; yield its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    words = {
        "python": [
            "-m",
            "http.server",
            "--bind",
            "127.0.0.1",
            "--directory",
            str(folder),
            str(port),
        ],
        "ours": ["-m", "distrorocks", "serve", str(folder), "--port", str(port)],
    }[kind]
    process = subprocess.Popen(
        [sys.executable, *words], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        for _ in range(300):
            with socket.socket() as client:
                if client.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait()


@contextmanager
def address(folder: Path, way: str) -> Iterator[str]:
    """Yield how LuaRocks reaches a folder."""
    if way == "path":
        yield str(folder)
        return
    with http_server(folder, way) as url:
        yield url


@pytest.mark.parametrize("lua", LUAS)
@pytest.mark.parametrize("way", ["path", "python", "ours"])
def test_luarocks_installs_from_it(folder: Path, tmp_path: Path, way: str, lua: str) -> None:
    """A rockspec, a rock of sources and a built rock, each needing the next; and all load."""
    tree = tmp_path / "tree"
    (tmp_path / "lua.h").write_text(f"#define LUA_VERSION_NUM 50{lua[-1]}\n")
    include = f"LUA_INCDIR={tmp_path}"
    with address(folder, way) as server:
        words = (f"--lua-version={lua}", f"--tree={tree}", f"--only-server={server}")
        run("luarocks", *words, "install", "spec", include, HOME=str(tmp_path))
        refused = run(
            "luarocks", *words, "install", "old", include, status=None, HOME=str(tmp_path)
        )
    assert (refused.status == 0) == (lua == "5.1")
    program = "for _, name in ipairs(arg) do io.write(require(name), '\\n') end"
    (tmp_path / "main.lua").write_text(program)
    path = f"{tree}/share/lua/{lua}/?.lua"
    loaded = run(f"lua{lua}", tmp_path / "main.lua", "spec", "source", "built", LUA_PATH=path)
    assert loaded.lines == ["spec 1.0-1", "source 1.0-1", "built 1.0-1"]


def test_a_user_installs_from_a_folder_of_root(folder: Path, tmp_path: Path) -> None:
    """The zip archives, which LuaRocks unpacks where they are, do not stand in the way."""
    if os.geteuid() != 0:
        pytest.skip("only root can become another user")
    home = tmp_path / "home"
    home.mkdir()
    os.chown(home, 65534, 65534)
    for path in (*tmp_path.parents, tmp_path):
        if path.stat().st_uid == 0 and str(path).startswith("/tmp/"):
            path.chmod(path.stat().st_mode | 0o011)
    words = (f"--tree={home}/tree", f"--only-server={folder}", "install", "built")
    as_user = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--")
    run(*as_user, "env", f"HOME={home}", "luarocks", "--lua-version=5.1", *words)
    assert (home / "tree/share/lua/5.1/built.lua").exists()


def test_the_manifests_are_those_of_luarocks_admin(folder: Path, tmp_path: Path) -> None:
    """With the same rocks for each Lua; it writes no JSON and no sums, and no zip."""
    other = tmp_path / "theirs"
    shutil.copytree(folder, other, ignore=shutil.ignore_patterns("manifest*", "index.html"))
    run("luarocks-admin", "make_manifest", str(other))
    for path in sorted(other.glob("manifest*")):
        ours = parse((folder / path.name).read_bytes()).globals
        assert canonical(ours) == canonical(parse(path.read_bytes()).globals), path.name


def test_luarocks_admin_can_go_on_with_it(folder: Path) -> None:
    """And we after it: its page and its manifests are replaced by ours."""
    before = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    run("luarocks-admin", "make_manifest", str(folder))
    publish(str(folder))
    assert before == {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def test_added_and_removed_rocks_come_and_go_for_luarocks(folder: Path, tmp_path: Path) -> None:
    """Each change shows in the next search."""
    path = tmp_path / "later-1.0-1.rockspec"
    path.write_text(rockspec_text(folder, "later"))
    ours = (sys.executable, "-m", "distrorocks")
    search = ("luarocks", f"--only-server={folder}", "search", "--porcelain", "later")
    for words, is_there in (
        (("add", path, "--server", folder), True),
        (("remove", "later", "1.0-1", "--server", folder), False),
    ):
        run(*ours, *words)
        found = run(*search, status=None, HOME=str(tmp_path)).out
        assert ("later" in found) == is_there


Make = Callable[[Path], object]


def zipped(name: str, members: Mapping[str, str | bytes]) -> Make:
    """Return what makes a rock of these members."""

    def make(folder: Path) -> None:
        with zipfile.ZipFile(folder / name, "w", zipfile.ZIP_DEFLATED) as rock:
            for path, content in members.items():
                rock.writestr(path, content)

    return make


def linked(name: str, target: str) -> Make:
    """Return what makes a link."""
    return lambda folder: (folder / name).symlink_to(target)


def written(name: str | bytes, content: str | bytes = "") -> Make:
    """Return what writes a file."""

    def make(folder: Path) -> None:
        text = content.encode() if isinstance(content, str) else content
        Path(os.fsdecode(os.path.join(os.fsencode(folder), os.fsencode(name)))).write_bytes(text)

    return make


def cut(folder: Path) -> None:
    """Make a rock that ends too early."""
    zipped("evil-1-1.all.rock", SPEC)(folder)
    os.truncate(folder / "evil-1-1.all.rock", 60)


def instead(name: str, make: Make) -> Make:
    """Return what makes something in the place of a file."""

    def replace(folder: Path) -> None:
        (folder / name).unlink()
        make(folder)

    return replace


def sparse(folder: Path) -> None:
    """Make a rock of eight terabytes that takes no place."""
    with (folder / "evil-1-1.all.rock").open("wb") as file:
        file.truncate(8 << 40)


def link_member(folder: Path) -> None:
    """Make a rock with a link in it."""
    with zipfile.ZipFile(folder / "evil-1-1.all.rock", "w") as rock:
        rock.writestr("evil-1-1.rockspec", EVIL)
        entry = zipfile.ZipInfo("lua/x.lua")
        entry.create_system, entry.external_attr = 3, 0o120777 << 16
        rock.writestr(entry, "../../../outside")


EVIL = 'package="evil" version="1-1" source={url="x"} build={}'
SPEC = {"evil-1-1.rockspec": EVIL}
SHOWN = "</script><script>alert(1)</script><img src=x onerror=alert(1)>\"'"
REPORTED: dict[str, Make] = {
    "an empty rock": written("evil-1-1.all.rock"),
    "text as a rock": written("evil-1-1.src.rock", "hello"),
    "a cut zip": cut,
    "a bomb": zipped("evil-1-1.all.rock", {**SPEC, "lua/x.lua": b"\0" * (64 << 20)}),
    "a path above": zipped("evil-1-1.all.rock", {**SPEC, "../outside": "x"}),
    "an absolute path": zipped("evil-1-1.all.rock", {**SPEC, "/tmp/outside": "x"}),
    "a link in a rock": link_member,
    "no rockspec": zipped("evil-1-1.all.rock", {"lua/x.lua": ""}),
    "two rockspecs": zipped("evil-1-1.all.rock", {**SPEC, "other-1-1.rockspec": EVIL}),
    "another rock's rockspec": zipped("good-9-1.all.rock", {"good-9-1.rockspec": EVIL}),
    "a rock_manifest that lies": zipped(
        "evil-1-1.all.rock",
        {**SPEC, "lua/x.lua": "", "rock_manifest": 'rock_manifest={lua={["x.lua"]="0"}}'},
    ),
    "a command with a quote": zipped("evil-1-1.all.rock", {**SPEC, "bin/x';id;'": ""}),
    "a rock of eight terabytes": sparse,
    "an endless rockspec": written("evil-1-1.rockspec", "while true do end"),
    "a rockspec that runs programs": written("evil-1-1.rockspec", "os.execute('touch /outside')"),
    "a rockspec that eats memory": written(
        "evil-1-1.rockspec", "x = {} while true do x[#x + 1] = ('x'):rep(1e6) end"
    ),
    "bytecode": written("evil-1-1.rockspec", b"\x1bLua\x54"),
    "a rockspec of two megabytes": written("evil-1-1.rockspec", EVIL + " " * (2 << 20)),
    "a deep rockspec": written("evil-1-1.rockspec", "x=" + "{" * 100_000),
    "another name": written("Evil-1-1.rockspec", EVIL),
    "a name with a line break": written("evil\n-1-1.rockspec", EVIL),
    "a name of HTML": written("<b onclick=x>-1-1.rockspec", EVIL),
    "a name that is no UTF-8": written(b"\xff-1-1.rockspec", EVIL),
    "a name for a shell": written("$(id)-1-1.rockspec", EVIL),
    "a name that is an option": written("-rf-1-1.rockspec", 'package="-rf" version="1-1"'),
    "a secret as a rockspec": linked("evil-1-1.rockspec", "/etc/shadow"),
    "no version": written("evil.rock"),
}
PASSED: dict[str, Make] = {
    "a FIFO": lambda folder: os.mkfifo(folder / "evil-1-1.all.rock"),
    "a device": linked("evil-1-1.all.rock", "/dev/zero"),
    "a link to nowhere": linked("evil-1-1.rockspec", "/nowhere"),
    "a link to itself": linked("evil-1-1.rockspec", "evil-1-1.rockspec"),
    "a directory": lambda folder: (folder / "evil-1-1.all.rock").mkdir(),
    "a page that is a link": instead("index.html", linked("index.html", "../outside")),
    "sums that are a link": instead("SHA256SUMS", linked("SHA256SUMS", "../outside")),
    "a manifest that is a FIFO": instead("manifest", lambda folder: os.mkfifo(folder / "manifest")),
    "a page with an address for a shell": written(
        "index.html", '<link rel="canonical" href="https://x/$(id)/">'
    ),
}


@pytest.fixture
def outside(folder: Path) -> Path:
    """Return a file beside the folder that nothing may change."""
    path = folder.parent / "outside"
    path.write_text("mine")
    return path


def sound(folder: Path) -> bool:
    """Return whether the folder lists its sound rocks and no other, in regular files."""
    listed = set()
    for name in ("manifest", "manifest-5.1"):
        assert not (folder / name).is_symlink()
        repository = parse((folder / name).read_bytes()).globals["repository"]
        assert isinstance(repository, dict)
        listed |= set(repository)
    page = (folder / "index.html").read_text()
    return listed == {"spec", "source", "built", "old"} and "onclick" not in page


@pytest.mark.parametrize("make", REPORTED.values(), ids=REPORTED)
def test_what_is_no_rock_is_reported(folder: Path, outside: Path, make: Make) -> None:
    """On one line with the reason; it is not listed, and all others are."""
    make(folder)
    made = publish(str(folder))
    (told,) = made.unlisted
    assert told.why.startswith("not listed: ")
    assert told.why.isprintable()
    assert "root:" not in told.why
    assert sound(folder)
    assert outside.read_text() == "mine"
    assert not Path("/outside").exists()
    assert publish(str(folder)).unlisted == made.unlisted


@pytest.mark.parametrize("make", PASSED.values(), ids=PASSED)
def test_what_is_no_file_does_not_stop_it(folder: Path, outside: Path, make: Make) -> None:
    """Special files are not opened, and what stands in the place of an output is replaced."""
    make(folder)
    assert publish(str(folder)).unlisted == []
    assert sound(folder)
    assert outside.read_text() == "mine"


def test_hostile_descriptions_are_text(folder: Path) -> None:
    """The page shows them, and no browser runs them."""
    text = EVIL + f" description={{summary={SHOWN!r}, license={SHOWN!r}, homepage={SHOWN!r}}}"
    (folder / "evil-1-1.rockspec").write_text(text)
    assert publish(str(folder)).unlisted == []
    page = (folder / "index.html").read_text()
    assert "<script" not in page
    assert "<img" not in page
    assert "&lt;img src=x onerror=alert(1)&gt;" in page


def test_a_directory_in_the_place_of_a_manifest_is_an_error(folder: Path) -> None:
    """Before anything is changed."""
    (folder / "manifest").unlink()
    (folder / "manifest").mkdir()
    (folder / "evil-1-1.rockspec").write_text(EVIL)
    before = {path: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    with pytest.raises(DistrorocksError, match="is a directory"):
        publish(str(folder))
    assert before == {path: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def test_a_folder_that_others_can_write_is_refused_to_root(folder: Path) -> None:
    """What they put there could lead root elsewhere."""
    if os.geteuid() != 0:
        pytest.skip("only root asks")
    folder.chmod(0o777)
    with pytest.raises(DistrorocksError, match="others can write"):
        publish(str(folder))
