"""Every sample of README.md and docs/ is run, and prints what the page says."""

from __future__ import annotations

import lzma
import os
import shutil
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from integration.machines.machine import INSIDE, RUN_MAIN, Machine, run
from integration.machines.rocks import write_local_rock
from integration.machines.roots import LUA_PACKAGES, with_packages
from integration.machines.samples import Sample, difference, samples
from integration.machines.source_packages import fetched
from integration.suites.test_walks import WALKS

Prepare = Callable[[Machine], object]
FIVE = LUA_PACKAGES
HERE = "/root/work"
SERVER = "/srv/rocks"


class Scene(NamedTuple):
    """The Debian 12 in which a sample is true: its packages, and what was done before."""

    packages: tuple[str, ...]
    prepare: tuple[Prepare, ...] = ()


def published(machine: Machine) -> None:
    """Publish the packages, and show LuaRocks the tree."""
    machine.distrorocks_inside("refresh")
    machine.distrorocks_inside("config-snippet", "--apply")


def lua_54(machine: Machine) -> None:
    """Have LuaRocks serve Lua 5.4 unless another version is named."""
    machine.write("/etc/luarocks/default-lua-version.lua", 'return "5.4"\n')


def own_rock(machine: Machine) -> None:
    """Put the sources of a rock that needs lpeg into the working directory."""
    folder = write_local_rock(machine, "my-rock", ["lpeg >= 1.0"])
    for path in machine.path(folder).iterdir():
        shutil.copy(path, machine.path(HERE))


def lists(machine: Machine) -> None:
    """Fetch apt's lists."""
    for path in ("/etc/resolv.conf", "/etc/hosts"):
        shutil.copy(path, machine.path(path))
    machine.run("apt-get", "update", "-qq", online=True)


def server(machine: Machine) -> None:
    """Make a rocks server with an app that needs two packaged rocks and a leaf."""
    needs = {"app-1.0": ["lpeg", "luasocket", "leaf"], "leaf-2.0": [], "luasocket-3.1.0": []}
    for rock, names in needs.items():
        name, version = rock.split("-")
        quoted = ", ".join(f'"{each}"' for each in names)
        machine.write(
            f"{SERVER}/{rock}-1.rockspec",
            f'package = "{name}"\nversion = "{version}-1"\nsource = {{ url = "file:///srv/x" }}\n'
            f'dependencies = {{ {quoted} }}\nbuild = {{ type = "none" }}\n',
        )
    machine.distrorocks_inside("make-manifest", SERVER)
    machine.write(
        "/etc/luarocks/config-5.4.lua",
        machine.path("/etc/luarocks/config-5.4.lua").read_text()
        + f'rocks_servers = {{ "{SERVER}" }}\n',
    )


def server_with_sources(machine: Machine) -> None:
    """Make a rocks server with an app and the leaf that it needs, and give LuaRocks no other."""
    for rock, need in (("app-1.0", '"leaf >= 2.0"'), ("leaf-2.0", "")):
        name, version = rock.split("-")
        machine.write(f"/srv/sources/{name}.lua", "return {}\n")
        machine.write(
            f"{SERVER}/{rock}-1.rockspec",
            f'package = "{name}"\nversion = "{version}-1"\n'
            f'source = {{ url = "file:///srv/sources/{name}.lua" }}\n'
            f"dependencies = {{ {need} }}\n"
            f'build = {{ type = "builtin", modules = {{ {name} = "{name}.lua" }} }}\n',
        )
    machine.distrorocks_inside("make-manifest", SERVER)
    machine.write("/etc/luarocks/config-5.4.lua", f'rocks_servers = {{ "{SERVER}" }}\n')


def two_trees(machine: Machine) -> None:
    """Install b for the superuser alone, and in /usr/local an a that needs it."""
    folder = write_local_rock(machine, "b", [])
    machine.luarocks("5.4", "install", "--tree=/root/.luarocks", f"{folder}/b-1.0-1.rockspec")
    folder = write_local_rock(machine, "a", ["b >= 1.0"])
    words = ("--tree=/usr/local", "--deps-mode=none", f"{folder}/a-1.0-1.rockspec")
    machine.luarocks("5.4", "install", *words)


def luasec(machine: Machine) -> None:
    """Write a rockspec with luasec's external dependencies."""
    machine.write(
        f"{HERE}/luasec-1.3.2-1.rockspec",
        'package = "luasec"\nversion = "1.3.2-1"\nsource = { url = "git://example.org/luasec" }\n'
        'external_dependencies = { OPENSSL = { header = "openssl/ssl.h", library = "ssl" } }\n'
        'build = { type = "builtin", modules = { ssl = { "ssl.c" } } }\n',
    )


def own_config(machine: Machine) -> None:
    """Set a compiler in the user's configuration."""
    machine.write("/home/me/.luarocks/config-5.4.lua", 'variables = { CC = "cc" }\n')


SCENES = {
    "README.md: # distrorocks refresh": Scene((*FIVE, "python3-debian"), (own_rock,)),
    "README.md: $ distrorocks scan": Scene((*FIVE, "lua-nginx-cookie")),
    "README.md: $ distrorocks plan app": Scene(("lua-lpeg",), (published, lists, lua_54, server)),
    "docs/configuration.md: $ distrorocks config deps_mode": Scene((), (lua_54, own_config)),
    "docs/external-deps.md: $ distrorocks external-deps luasec-1.3.2-1.rockspec": Scene(
        (), (lua_54, luasec)
    ),
    "docs/install.md: $ distrorocks plan app": Scene(
        ("lua-lpeg",), (published, lists, lua_54, server)
    ),
    "docs/packing.md: $ distrorocks pack --all": Scene(("lua-lpeg", "python3-jinja2")),
    "docs/server-folders.md: $ distrorocks mirror app": Scene((), (server_with_sources,)),
    "docs/servers.md: $ distrorocks search lpeg": Scene((), (lists, lua_54, server)),
    "docs/trees.md: $ distrorocks check --deps-mode": Scene((), (lua_54, two_trees)),
}
# Blocks without a prompt that are run, or read by the program that they are for.
CHECKED = {
    "docs/exit-status.md: distrorocks verify",
    "docs/names.md: [lua-foo]",
    "README.md: [lua-foo]",
    "docs/packaging-updates.md: distrorocks scaffold --update lpeg-1.1.0-1.src.rock",
    "docs/packaging-updates.md: distrorocks scaffold --diff -o",
    "docs/packaging-updates.md: distrorocks scaffold busted-2.2.0-1.rockspec --recursive",
    "docs/scaffold.md: [deb]",
    "docs/scaffold.md: distrorocks scaffold --helper dh-lua",
    "docs/scaffold.md: distrorocks scaffold --helper plain",
    "docs/scaffold.md: distrorocks scaffold foo-1.0-1.src.rock --format",
    "docs/scaffold.md: distrorocks scaffold rocks/*.src.rock --format",
    'docs/scaffold.md: summary = "Network support',
    "docs/package-helpers.md: $ apt-get source lua-filesystem",
    "docs/package-helpers.md: make install DESTDIR=staged",
    "docs/survey.md: distrorocks survey-archive manifest-5.4 Packages.xz",
}
FOLDERS = "docs/server-folders.md"
NOT_RUN = {
    "docs/api.md: from distrorocks import api": "Python; tests/test_api.py calls each function",
    "docs/auditing.md: $ distrorocks audit luasec-1.3.2-1.linux-x86_64.rock": "a rock of a reader;"
    " test_audit.py judges over a hundred",
    f"{FOLDERS}: distrorocks add lpeg-1.1.0-1.src.rock lpeg-1.1.0-1.rockspec": "files of a reader",
    f'{FOLDERS}: upload_server = "main"': "lines of a file; tests/serve/folder reads such",
    f"{FOLDERS}: distrorocks serve /srv/rocks": "test_server_folder.py installs from it",
    f"{FOLDERS}: distrorocks upload foo-1.0-1.rockspec --api-key": "needs an account;"
    " tests/cli/verbs/test_upload.py runs it against a server of this machine",
    f"{FOLDERS}: server {{": "test_nginx.py serves with it, and installs from there",
    f"{FOLDERS}: luarocks install --server=https://rocks.example.org lpeg": "no such server",
    'docs/differences.md: ln -s "$(command -v': "an administrator's choice;"
    " test_luarocks_scenarios.py runs every verb through such links",
    "README.md: apt install build-essential debhelper": "test_reproducible.py builds the packages,"
    " and test_walks.py installs them by the administrator's tutorial",
    "README.md: make demo # real": "CI runs both, each in a fresh checkout",
    "CONTRIBUTING.md: make test # style,": "CI runs both",
    "CONTRIBUTING.md: make site # dist/site:": "CI builds it twice",
    "CONTRIBUTING.md: make mutants # 200": "takes minutes; tests/mutants runs a small one",
    "CONTRIBUTING.md: make fuzz # hostile": "CI runs the first two; the others are long",
    'docs/hooks.md: OPTIONS="--mode protected"': "a line of a file; tests/test_shell_hooks.py",
    "docs/package-helpers.md: Build-Depends: debhelper-compat (= 13),": "as the next",
    "docs/package-helpers.md: %:": "test_package_helpers.py builds with them",
    "docs/package-helpers.md: Depends: ${lua:Depends}, ${shlibs:Depends}, ${misc:Depends}": "lines"
    " of debian/control; test_package_helpers.py builds with them",
    "docs/package-helpers.md: Test-Command: distrorocks check-require --package": "lines of"
    " debian/tests/control; test_package_helpers.py runs the command",
    "docs/package-helpers.md: %global luarocks_lua_versions 5.4 5.1": "lines of a spec file;"
    " test_rpm_packaging.py builds with them",
    "docs/scaffold.md: tar xf lua-foo_1.0.orig.tar.gz &&": "test_packaging.py builds so",
}


def named(name: str) -> Sample:
    """Return the sample of a name."""
    (found,) = [each for each in samples() if each.name == name]
    return found


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty directory, with this checkout's distrorocks on the path."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}:{os.environ['PATH']}")
    return tmp_path


def test_every_sample_is_run_or_listed() -> None:
    """No block of code is forgotten, none is listed that is not there, none has two lists."""
    listed = [*SCENES, *CHECKED, *NOT_RUN]
    assert sorted(listed) == sorted({each.name for each in samples() if each.page not in WALKS})


@pytest.fixture(params=SCENES)
def scene(request: pytest.FixtureRequest) -> Iterator[tuple[Machine, Sample]]:
    """A machine in which a sample is true."""
    packages, prepare = SCENES[request.param]
    with with_packages("bookworm", packages).clone() as machine:
        machine.path(HERE).mkdir()
        program = f'import sys; sys.path.insert(0, "{INSIDE}"); {RUN_MAIN}'
        wrapper = f"#!/bin/sh\nexec python3 -IBc '{program}' \"$@\"\n"
        machine.write("/usr/bin/distrorocks", wrapper).chmod(0o755)
        machine.distrorocks_inside("--version")
        for each in prepare:
            each(machine)
        yield machine, named(request.param)


def test_a_sample_prints_what_the_page_says(scene: tuple[Machine, Sample]) -> None:
    """Each command of the sample, in its order; ``...`` stands for any lines."""
    machine, sample = scene
    for step in sample.steps:
        environment = "HOME=/home/me " if "/home/me" in sample.text else ""
        command = f"cd {HERE} && {environment}exec {step.command}"
        printed = machine.run("sh", "-c", f"exec 2>&1; {command}", status=None).out
        if told := difference(step, printed):
            pytest.fail(told, pytrace=False)


def test_the_script_for_exit_statuses_runs(here: Path) -> None:
    """On a system without rocks the tree is clean, or cannot be checked: nothing else is said."""
    script = named("docs/exit-status.md: distrorocks verify").text
    script = script.replace("distrorocks verify", f"distrorocks verify --root {here}/none")
    assert run("sh", "-c", script).out == "the tree could not be checked\n"


@pytest.mark.parametrize("name", ["docs/names.md: [lua-foo]", "README.md: [lua-foo]"])
def test_names_files_are_accepted(name: str, machine: Machine) -> None:
    """Nothing in the sample is wrong for the reader of names.toml."""
    machine.write("/etc/distrorocks/names.toml", named(name).text)
    assert "names.toml" not in machine.distrorocks("scan").err


def packed(folder: Path, rock: str, *needs: str) -> Path:
    """Write a source rock of one module."""
    name, version = rock.split("-")
    folder.mkdir(exist_ok=True)
    quoted = ", ".join(f'"{each}"' for each in needs)
    tree = folder / f"{name}-{version}"
    tree.mkdir()
    (tree / f"{name}.lua").write_text("return {}\n")
    run("tar", "-C", folder, "-czf", folder / f"{name}-{version}.tar.gz", tree.name)
    path = folder / f"{rock}-1.src.rock"
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(folder / f"{tree.name}.tar.gz", f"{tree.name}.tar.gz")
        archive.writestr(
            f"{rock}-1.rockspec",
            f'package = "{name}"\nversion = "{version}-1"\n'
            f'source = {{ url = "https://example.org/{name}-{version}.tar.gz" }}\n'
            'description = { summary = "Counts to 42", homepage = "https://example.org/",'
            f' license = "MIT" }}\ndependencies = {{ "lua >= 5.1", {quoted} }}\n'
            f'build = {{ type = "builtin", modules = {{ {name} = "{name}.lua" }} }}\n',
        )
    shutil.rmtree(tree)
    (folder / f"{tree.name}.tar.gz").unlink()
    return path


def sh(sample: str) -> str:
    """Run the command of a sample as it stands, and return what it printed."""
    return run("sh", "-c", f"cd {Path.cwd()} && {named(sample).text}").out


def test_scaffolds_of_one_and_of_many(here: Path) -> None:
    """The first sample writes two formats of a rock, the second those of all rocks in a folder."""
    packed(here, "foo-1.0")
    start = "docs/scaffold.md: distrorocks"
    dh_lua, plain, first, second = (each for each in sorted(CHECKED) if each.startswith(start))
    sh(first)
    assert (here / "packaging").is_dir()
    sh(dh_lua)
    assert "--with lua" in (here / "debian/rules").read_text()
    shutil.rmtree(here / "debian")
    sh(plain)
    assert "dh-sequence-luarocks" not in (here / "debian/control").read_text()
    for rock in ("a-1.0", "b-2.0"):
        packed(here / "rocks", rock)
    sh(second)
    assert len(list((here / "out").rglob("*.spec"))) == 2
    assert len(list((here / "out").rglob("control"))) >= 2


def test_an_update_and_its_diff(here: Path) -> None:
    """The packaging of an older release becomes that of the newer, and no edits are shown."""
    old, new = packed(here, "lpeg-1.0.2"), packed(here, "lpeg-1.1.0")
    assert old != new
    run("distrorocks", "scaffold", str(old), "--format", "deb", "-o", str(here / "lua-lpeg"))
    update, diff = (
        f"docs/packaging-updates.md: distrorocks scaffold {words}"
        for words in ("--update lpeg-1.1.0-1.src.rock", "--diff -o")
    )
    sh(update)
    assert "1.1.0" in (here / "lua-lpeg/debian/changelog").read_text()
    assert sh(diff) == ""


def test_a_survey_is_a_report_and_a_page(here: Path) -> None:
    """A manifest, a list and rockspecs that lie in the working directory are enough."""
    needs = {"leaf": "", "app": '"leaf", "lpeg"', "lpeg": ""}
    (here / "rockspecs").mkdir()
    for rock, names in needs.items():
        (here / f"rockspecs/{rock}-1.1.0-1.rockspec").write_text(
            f'package = "{rock}"\nversion = "1.1.0-1"\nsource = {{ url = "file:///x" }}\n'
            f'dependencies = {{ {names} }}\nbuild = {{ type = "none" }}\n'
        )
    run("distrorocks", "make-manifest", str(here / "rockspecs"))
    shutil.copy(here / "rockspecs/manifest-5.4", here)
    entry = b"Package: lua-lpeg\nVersion: 1.0.2-2\nArchitecture: amd64\nLua-Versions: 5.4\n"
    (here / "Packages.xz").write_bytes(lzma.compress(entry))
    told = sh("docs/survey.md: distrorocks survey-archive manifest-5.4 Packages.xz")
    assert "lpeg: lua-lpeg 1.0.2-2, the newest is 1.1.0-1" in told
    assert "1 leaf 1.1.0-1, round 1, needed by 1 (1 directly)" in told
    assert "What to package, in order" in (here / "survey.html").read_text()
    assert (here / "next/order.txt").read_text() == "lua-leaf\n"


def test_a_rock_with_all_that_is_missing(here: Path) -> None:
    """The dependencies are found in the folder, and are built first."""
    packed(here / "FOLDER", "say-1.4.1")
    packed(here / "FOLDER", "busted-2.2.0", "say")
    with zipfile.ZipFile(here / "FOLDER/busted-2.2.0-1.src.rock") as archive:
        archive.extract("busted-2.2.0-1.rockspec", here)
    (name,) = [each for each in CHECKED if "--recursive" in each]
    sh(name)
    assert (here / "out/deb/order.txt").read_text().splitlines()[-1].endswith("busted")


def test_settings_are_accepted(here: Path) -> None:
    """The plan takes its summary from the sample, and says so."""
    packed(here, "foo-1.0")
    text = named('docs/scaffold.md: summary = "Network support').text
    (here / "packaging").mkdir()
    (here / "packaging/distrorocks.toml").write_text(text)
    words = ("foo-1.0-1.src.rock", "--format", "deb", "-o", "packaging", "--explain", "summary")
    said = run("sh", "-c", f"cd {here} && distrorocks scaffold {' '.join(words)}").out
    assert "Network support for Lua" in said
    assert "distrorocks.toml" in said


def test_settings_of_a_team_are_accepted(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The plan takes its repository from the sample, and says from which file."""
    packed(here, "foo-1.0")
    (here / "config/distrorocks").mkdir(parents=True)
    team = here / "config/distrorocks/packaging.toml"
    team.write_text(named("docs/scaffold.md: [deb]").text)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(here / "config"))
    words = ("foo-1.0-1.src.rock", "--format", "deb", "--explain", "vcs_git")
    said = run("sh", "-c", f"cd {here} && distrorocks scaffold {' '.join(words)}").out
    assert "https://salsa.debian.org/lua-team/lua-foo.git" in said
    assert str(team) in said


def test_adopting_a_real_source_package(here: Path) -> None:
    """The patch for Debian's lua-filesystem is that of the page."""
    shutil.copytree(fetched("bookworm", "lua-filesystem"), here / "lua-filesystem-1.8.0")
    sample = named("docs/package-helpers.md: $ apt-get source lua-filesystem")
    step = sample.steps[1]
    printed = run("sh", "-c", f"cd {here} && {step.command} 2>&1", status=None).out
    if told := difference(step, printed):
        pytest.fail(told, pytrace=False)


def test_staging_by_hand(here: Path) -> None:
    """A plain Makefile's files are staged with their metadata, and every module loads."""
    (here / "Makefile").write_text(
        "install:\n\tinstall -Dm644 foo.lua $(DESTDIR)/usr/share/lua/5.4/foo.lua\n"
    )
    (here / "foo.lua").write_text("return {}\n")
    (here / "foo-1.0-1.rockspec").write_text(
        'package = "foo"\nversion = "1.0-1"\nsource = { url = "git://example.org/foo" }\n'
        'build = { type = "make" }\n'
    )
    sh("docs/package-helpers.md: make install DESTDIR=staged")
    assert (here / "staged/usr/lib/luarocks/rocks-5.4/foo/1.0-1/rock_manifest").is_file()
