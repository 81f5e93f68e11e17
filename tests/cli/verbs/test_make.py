"""``distrorocks make`` and ``build``, as they are typed."""

from __future__ import annotations

import io
import os
import zipfile
from pathlib import Path

import pytest

from distrorocks.cli.main import main
from distrorocks.families.build_flags import BuildFlags
from distrorocks.install import building
from distrorocks.resolve.candidate import Candidate
from distrorocks.world.candidates import World
from tests.install.asking import Place
from tests.rocks_server import RocksServer, SourceServer
from tests.system.trees.planting import MALLORY, by_root, watched


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    """This system with two trees below a scratch directory, a server, and a project to make."""
    place = Place(tmp_path, inside=str(tmp_path))
    place.server = SourceServer(tmp_path / "server")
    place.give_headers()
    place.server.add("leaf 1.0-1").add("leaf 2.0-1").add("tool 1.0-1")
    place.server.pack("binary 1.0-1", arch="all").publish()
    monkeypatch.setenv("LUAROCKS_CONFIG", str(place.root / "etc/luarocks/config-5.4.lua"))
    monkeypatch.delenv("LUAROCKS_CONFIG_5_4", raising=False)
    monkeypatch.setenv("LUAROCKS_SYSCONFDIR", str(tmp_path / "nowhere"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    project = tmp_path / "project"
    project.mkdir()
    (project / "mine.lua").write_text("return 'first'\n")
    build = 'type = "builtin", modules = { mine = "mine.lua" }'
    text = RocksServer(project).rockspec("mine 1.0-1", "leaf", build=build)
    (project / "mine-1.0-1.rockspec").write_text(text.replace("https", "git"))
    monkeypatch.chdir(project)
    monkeypatch.setattr("sys.stdin", io.StringIO())
    return place


def do(place: Place, *words: str) -> int:
    """Run a verb with the server, for Lua 5.4."""
    only = ("--only-server", str(place.server.directory))
    return main([*words, *only, "--lua-version", "5.4", "--distro=never"])


def module(place: Place, name: str = "mine") -> Path:
    """Return where a module is deployed."""
    return Path(place.above, f"two/share/lua/5.4/{name}.lua")


def test_make_installs_the_rock_and_its_dependencies(
    place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    """In one step; what is in the directory counts, and stays as it is."""
    before = sorted(os.listdir())
    assert do(place, "make") == 0
    told = capsys.readouterr()
    assert told.out.endswith(f"installed in {place.above}/two: leaf 2.0-1, mine 1.0-1\n")
    assert "fetching the sources of 1 rock\n" in told.err
    assert module(place).read_text() == "return 'first'\n"
    assert sorted(os.listdir()) == before
    Path("mine.lua").write_text("return 'second'\n")
    assert do(place, "make", "mine-1.0-1.rockspec") == 0
    assert module(place).read_text() == "return 'second'\n"
    assert "mine: 1.0-1 in" in capsys.readouterr().out


def test_packages_are_not_looked_at_for_what_is_made(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Reading the lists of packages takes longer than to make a small rock."""
    asked: list[str] = []

    def offered(_: World, name: str) -> list[Candidate]:
        asked.append(name)
        return []

    monkeypatch.setattr(World, "offered", offered)
    text = Path("mine-1.0-1.rockspec").read_text()
    Path("mine-1.0-1.rockspec").write_text(text.replace('"leaf"', '"leaf", "lua >= 5.1"'))
    assert do(place, "make") == 0
    assert asked == ["leaf"]


def test_build_without_a_rock_is_make(place: Place) -> None:
    """As in LuaRocks."""
    assert do(place, "build") == 0
    assert module(place).exists()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["make", "leaf"], "'leaf' is not a rockspec"),
        (["make", "a-1-1.rockspec", "b-1-1.rockspec"], "make takes one rockspec"),
        (["make", "--pack-binary-rock", "--only-deps"], "--only-deps installs dependencies"),
        (["make", "--pack-binary-rock", "--no-install"], "not allowed with argument"),
    ],
)
def test_what_make_does_not_take(
    place: Place, capsys: pytest.CaptureFixture[str], words: list[str], told: str
) -> None:
    """A wrong command line is status 2."""
    try:
        status = do(place, *words)
    except SystemExit as stop:
        status = stop.code if isinstance(stop.code, int) else 1
    assert status == 2
    assert told in capsys.readouterr().err


def test_a_packed_rock_changes_no_tree(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    """Not even for dependencies, and for a tree that must not be changed it works too."""
    assert do(place, "make", "--pack-binary-rock", "--tree=/usr") == 0
    packed = Path("mine-1.0-1.all.rock")
    assert f"Packed: {packed.absolute()}\n" in capsys.readouterr().out
    with zipfile.ZipFile(packed) as archive:
        files = [each for each in archive.namelist() if not each.endswith("/")]
    assert files == ["lua/mine.lua", "mine-1.0-1.rockspec", "rock_manifest"]
    assert not Path(place.above, "two").exists()


def test_a_build_that_is_only_tried(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    """--no-install and --dry-run leave nothing, and only one of them has built anything."""
    for option in ("--no-install", "--dry-run"):
        assert do(place, "make", option) == 0
        told = capsys.readouterr().out
        assert ("built, and not installed: " in told) is (option == "--no-install")
        assert not Path(place.above, "two").exists()
    assert sorted(os.listdir()) == ["mine-1.0-1.rockspec", "mine.lua"]


def test_only_what_it_needs(place: Place, tmp_path: Path) -> None:
    """--only-deps leaves the rock out, and the dependencies of a build that does not happen."""
    text = Path("mine-1.0-1.rockspec").read_text()
    more = 'rockspec_format = "3.0"\nbuild_dependencies = { "tool" }\n'
    Path("mine-1.0-1.rockspec").write_text(text + more)
    assert do(place, "make", "--only-deps") == 0
    assert sorted(os.listdir(tmp_path / "two/share/lua/5.4")) == ["leaf.lua"]
    assert do(place, "make") == 0
    assert module(place, "tool").exists()


def test_pins_are_kept_in_the_rock(place: Place) -> None:
    """luarocks.lock of the directory decides; --pin writes it anew, as LuaRocks does."""
    Path("luarocks.lock").write_text('return { dependencies = { leaf = "1.0-1" } }\n')
    assert do(place, "make") == 0
    kept = Path(place.above, "two/lib/luarocks/rocks-5.4/mine/1.0-1/luarocks.lock")
    assert kept.read_bytes() == Path("luarocks.lock").read_bytes()
    assert module(place, "leaf").read_text() == "return '1.0-1'\n"
    assert do(place, "make", "--pin", "--prefer=newest") == 0
    assert 'leaf = "2.0-1"' in Path("luarocks.lock").read_text()
    assert kept.read_bytes() == Path("luarocks.lock").read_bytes()


def test_build_takes_sources_whatever_is_installed(
    place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    """The newest version, from a server; what there is only as a binary rock cannot be built."""
    assert do(place, "install", "leaf", "1.0") == 0
    assert do(place, "build", "leaf") == 0
    assert module(place, "leaf").read_text() == "return '2.0-1'\n"
    module(place, "leaf").write_text("spoiled")
    assert do(place, "build", "leaf") == 0
    assert module(place, "leaf").read_text() == "return '2.0-1'\n"
    capsys.readouterr()
    assert do(place, "build", "binary") == 1
    assert "binary is only available as binary rocks, without sources" in capsys.readouterr().err
    assert do(place, "build", str(place.server.directory / "binary-1.0-1.all.rock")) == 3
    assert "there is nothing to build" in capsys.readouterr().err


def test_documents_and_commands(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    """--no-doc leaves doc out of the named rocks, --verbose shows what is run."""
    Path("README.md").write_text("hello")
    build = 'type = "command", install_command = "cp mine.lua $(LUADIR)"'
    text = RocksServer(Path()).rockspec("mine 1.0-1", build=build)
    Path("mine-1.0-1.rockspec").write_text(text)
    assert do(place, "make", "--verbose") == 0
    assert "\ncp mine.lua /" in capsys.readouterr().err
    document = Path(place.above, "two/lib/luarocks/rocks-5.4/mine/1.0-1/doc/README.md")
    assert document.exists()
    assert do(place, "make", "--no-doc") == 0
    assert not document.parent.exists()


def test_a_rockspec_without_a_name(place: Place) -> None:
    """A file called rockspec may have any rock."""
    os.rename("mine-1.0-1.rockspec", "rockspec")
    assert do(place, "make") == 0
    assert module(place).exists()


def test_the_flags_of_the_distribution(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """--hardening adds them to LuaRocks' own, and puts them into the environment."""

    class Family:
        """A package family that has flags."""

        def build_flags(self) -> BuildFlags:
            """Return the flags."""
            return BuildFlags("-fhard", ldflags="-Wl,-z,now")

    monkeypatch.setattr(building, "leading_family", lambda _: Family())
    command = "echo \"return '$(CFLAGS)|$(LIBFLAG)|$CFLAGS|$LDFLAGS'\" > $(LUADIR)/flags.lua"
    build = f"type = 'command', install_command = [[{command}]]"
    text = RocksServer(Path()).rockspec("mine 1.0-1", build=build)
    Path("mine-1.0-1.rockspec").write_text(text)
    for words, flags in (
        ([], "-O2 -fPIC|-shared||"),
        (["--hardening"], "-O2 -fPIC -fhard|-shared -Wl,-z,now|-fhard|-Wl,-z,now"),
    ):
        monkeypatch.delenv("CFLAGS", raising=False)
        monkeypatch.delenv("LDFLAGS", raising=False)
        assert do(place, "make", *words) == 0
        assert module(place, "flags").read_text() == f"return '{flags}'\n"


def test_hooks_are_told_and_not_run(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    """The plan has the command; where LuaRocks must not run hooks, the rock is refused."""
    with open("mine-1.0-1.rockspec", "a") as file:
        file.write('hooks = { post_install = "touch $(PREFIX)/ran" }\n')
    assert do(place, "make") == 0
    told = "warning: mine 1.0-1 has a hook that is not run, post_install: touch $(PREFIX)/ran\n"
    assert told in capsys.readouterr().err
    assert not list(Path(place.above, "two").rglob("ran"))
    path = place.root / "etc/luarocks/config-5.4.lua"
    path.write_text(f"{path.read_text()}hooks_enabled = false\n")
    assert do(place, "make") == 3
    assert "which LuaRocks' configuration forbids" in capsys.readouterr().err


def test_the_manifest_may_be_left_alone(place: Place) -> None:
    """By the option or by the configuration; the rock is there all the same."""
    manifest = Path(place.above, "two/lib/luarocks/rocks-5.4/manifest")
    assert do(place, "make", "--no-manifest") == 0
    assert module(place).exists()
    assert not manifest.exists()
    path = place.root / "etc/luarocks/config-5.4.lua"
    before = path.read_text()
    path.write_text(f"{before}no_manifest = true\n")
    assert do(place, "make") == 0
    assert not manifest.exists()
    path.write_text(before)
    assert do(place, "make") == 0
    assert manifest.exists()


@by_root
def test_root_makes_what_is_in_a_folder_of_a_user(place: Place) -> None:
    """As with sudo: what is there counts, the lock file too, and nothing is written."""
    Path("luarocks.lock").write_text('return { dependencies = { leaf = "1.0-1" } }\n')
    owned_by_mallory()
    before = watched(Path())
    assert do(place, "make") == 0
    assert module(place, "leaf").read_text() == "return '1.0-1'\n"
    assert watched(Path()) == before


@by_root
@pytest.mark.parametrize("planted", ["luarocks.lock", "mine-1.0-1.rockspec"])
def test_root_follows_no_link_of_a_user(
    place: Place, tmp_path: Path, capsys: pytest.CaptureFixture[str], planted: str
) -> None:
    """A lock file or a rockspec that leads to a file of root's is refused, and not quoted."""
    secret = tmp_path / "secret"
    secret.write_text("the secret")
    Path(planted).unlink(missing_ok=True)
    Path(planted).symlink_to(secret)
    owned_by_mallory()
    assert do(place, "make") == 3
    told = capsys.readouterr().err
    assert "is a link of another user" in told
    assert "the secret" not in told


@by_root
def test_what_a_user_links_to_gets_into_no_rock(
    place: Place, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Neither a file nor a folder that only root can read."""
    (tmp_path / "root").mkdir(exist_ok=True)
    secret = tmp_path / "root/secret"
    secret.write_text("the secret")
    Path("doc").symlink_to(secret.parent)
    Path("README.md").symlink_to(secret)
    owned_by_mallory()
    assert do(place, "make") == 0
    assert "'doc' is left out of the build" in capsys.readouterr().err
    files = [path for path in Path(place.above, "two").rglob("*") if path.is_file()]
    assert not [path for path in files if b"the secret" in path.read_bytes()]


@by_root
def test_a_packed_rock_and_pins_replace_links(place: Place, tmp_path: Path) -> None:
    """What a user linked these names to is not written to."""
    victim = tmp_path / "victim"
    victim.write_text("precious")
    Path("mine-1.0-1.all.rock").symlink_to(victim)
    owned_by_mallory()
    assert do(place, "make", "--pack-binary-rock") == 0
    assert not Path("mine-1.0-1.all.rock").is_symlink()
    Path("luarocks.lock").symlink_to(victim)
    os.lchown("luarocks.lock", MALLORY, MALLORY)
    assert do(place, "make", "--pin") == 0
    assert not Path("luarocks.lock").is_symlink()
    assert victim.read_text() == "precious"


def owned_by_mallory() -> None:
    """Give the working directory and all that is in it to another user."""
    for path in [Path(), *Path().rglob("*")]:
        os.chown(path, MALLORY, MALLORY, follow_symlinks=False)
