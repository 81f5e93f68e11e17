"""The house stands: one direction of imports, and rooms of a size to live in."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from fnmatch import fnmatch
from functools import cache
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "distrorocks"

FLOORS = {
    "exit_status": 0,
    "md5": 0,
    "patterns": 0,
    "progress": 0,
    "values": 0,
    "errors": 1,
    "lua": 2,
    "rocks": 3,
    "binaries": 4,
    "config": 4,
    "licensing": 4,
    "trees": 4,
    "externals": 5,
    "resolve": 5,
    "system": 6,
    "families": 7,
    "luarocks": 8,
    "servers": 8,
    "sources": 9,
    "world": 10,
    "configure": 11,
    "health": 11,
    "install": 11,
    "packaging": 11,
    "project": 11,
    "publish": 11,
    "serve": 11,
    "cli": 12,
    "api": 13,
}

# The rooms of `system/`, each leaning only on those above it in this list.
MACHINE_ROOMS = ("processes", "files", "lua", "sandbox", "trees")

MACHINE = {"os", "subprocess", "socket", "shutil", "tempfile", "pathlib", "fcntl", "signal"}

APPLYING = {
    "install/builder.py": "the private places of builds",
    "install/stored_rock.py": "what decides a build",
    "packaging/build/adopt.py": "a source package's folder",
    "packaging/build/check_commands.py": "commands tried by Lua itself",
    "packaging/build/check_require.py": "modules tried in Lua itself",
    "packaging/build/staged_files.py": "the staging folder",
    "packaging/formats/templates.py": "templates and their overrides",
    "packaging/merge/pristine.py": "stored renders",
    "packaging/plan/observe.py": "the environment",
    "packaging/plan/settings.py": "distrorocks.toml",
    "packaging/scaffold/folder.py": "a packaging's folder",
    "packaging/source/members.py": "a rock's sources",
    "packaging/source/rock_input.py": "a rock that a person names",
    "serve/folder/kept.py": "what a run keeps for the next, in our cache",
    "serve/upload/key_file.py": "the key of an account",
    "serve/folder/observe.py": "the entries of a server's folder",
    "serve/folder/remote_copy.py": "the environment that ssh needs",
    "world/rock_store_files.py": "the rock store",
}
"""The files of subjects that observe or apply by themselves, and what."""

OWNERS: dict[str, str | tuple[str, ...]] = {
    "lupa": "system/lua/worker.py",
    "debian": ("families/deb/copyright_file.py", "families/deb/package_file.py"),
    "elftools": "binaries/elf_image.py",
    "rpmfile": "families/rpm/package_file.py",
    "urllib3": ("servers/http.py", "servers/account.py"),
    "license_expression": "licensing/expression.py",
    "jinja2": ("packaging/formats/templates.py",),
    "pydantic": "packaging/plan/settings_model.py",
    "rich": "cli/progress_lines.py",
}

OPENERS = {
    "families/rpm/database_copy.py": "creates a copy in a private directory",
    "system/files/bounded_file.py": "the one way to read what others may have made",
    "system/files/atomic_file.py": "new files of our own, and directories",
    "system/files/directory_lock.py": "a directory by its handle, for a file lock",
    "system/files/lock.py": "the directory that a lock is in",
    "system/files/beneath.py": "directories without links, and new files in them",
    "system/files/scratch.py": "new files in a private directory, and logs of our own",
    "system/files/lock_holder.py": "the directory of a lock that is taken over",
    "system/files/tree_removal.py": "directories without links, to remove what is in them",
    "system/files/trust.py": "what nobody else can write, step by step",
    "system/files/shipped_files.py": "files that distrorocks brings along",
    "system/files/zip_archive.py": "members of an archive in memory",
    "system/lua/worker.py": "the driver that distrorocks brings along",
    "families/rpm/package_file.py": "a package in memory",
    "system/files/archive_content.py": "an archive in memory",
    "families/index_archive.py": "an archive of a file that is open already",
    "packaging/source/archive.py": "an archive in memory",
    "sources/unpack.py": "an archive in an unnamed file of our own",
    "system/processes/logged_command.py": "a new log of our own, never one that is there",
    "system/processes/parallel.py": "pipes to our own children",
    "system/processes/process.py": "what the kernel says of a process",
    "system/processes/standard_streams.py": "the null device",
    "system/sandbox/enter.py": "mount points of a new root, and what the kernel says",
    "system/sandbox/handover.py": "directories without links, and files in them",
    "system/sandbox/keeper.py": "what the kernel says of a process",
}
"""The files that open anything, and why it is safe there."""

FILES = sorted(PACKAGE.rglob("*.py"))


def room(path: Path) -> str:
    """Return the room that a file stands in: its folder, or its own name on the ground floor."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


@cache
def parsed(path: Path) -> ast.Module:
    """Return a file's tree, parsed once for all rules."""
    return ast.parse(path.read_text())


@cache
def imports(path: Path) -> tuple[str, ...]:
    """Return the dotted name of each module that a file imports, anywhere in it."""
    names: list[str] = []
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import):
            names += (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            assert node.module is not None
            names.append(node.module)
            names += (f"{node.module}.{alias.name}" for alias in node.names)
    return tuple(names)


def relative(path: Path) -> str:
    """Return a file's path as people say it."""
    return str(path.relative_to(PACKAGE))


def test_a_room_leans_only_on_floors_below() -> None:
    """A room imports from itself and from floors below, never from beside or above."""
    wrong = [
        f"{relative(path)} imports {name}"
        for path in FILES
        if (here := room(path)) not in {"__init__", "__main__"}
        for name in imports(path)
        if name.startswith("distrorocks.") and (there := name.split(".")[1]) in FLOORS
        if there != here and FLOORS[there] >= FLOORS[here]
    ]
    assert not wrong


def test_a_room_of_the_machine_leans_only_on_those_before_it() -> None:
    """Every file of `system/` stands in a room, and imports from it and from rooms before it."""
    wrong = [
        f"{relative(path)} imports {name}"
        for path in FILES
        if room(path) == "system" and relative(path) != "system/__init__.py"
        for name in imports(path)
        if name.startswith("distrorocks.system.")
        and name.split(".")[2] not in MACHINE_ROOMS[: MACHINE_ROOMS.index(path.parent.name) + 1]
    ]
    assert not wrong


def test_only_readers_and_writers_touch_the_machine() -> None:
    """No other file imports what opens files or starts programs."""
    readers = {"system", "families", "luarocks", "servers", "sources", "cli", "api", "__main__"}
    wrong = [
        f"{relative(path)} imports {name}"
        for path in FILES
        if room(path) not in readers and relative(path) not in APPLYING
        for name in imports(path)
        if name.split(".")[0] in MACHINE
    ]
    assert not wrong


def test_a_third_party_library_has_one_owner() -> None:
    """Each library from elsewhere is imported by the one module that owns it."""
    ours = {"distrorocks", "__future__", *sys.stdlib_module_names}
    wrong = []
    for path in FILES:
        for name in imports(path):
            root = name.split(".")[0]
            owners = OWNERS.get(root, ())
            known = (owners,) if isinstance(owners, str) else owners
            if root not in ours and relative(path) not in known:
                wrong.append(f"{relative(path)} imports {name}")
    assert not wrong


def test_named_tuples_are_those_that_are_cheap_to_declare() -> None:
    """`values.py` has the named tuple; the one of `typing` takes forty times as long to declare."""
    wrong = [relative(path) for path in FILES if "typing.NamedTuple" in imports(path)]
    assert wrong == ["values.py"], "take it from distrorocks.values"


def places(
    paths: Sequence[Path], lines_of: Callable[[ast.AST], Iterator[int]]
) -> dict[str, list[str]]:
    """Return the places of each file that has lines of a kind."""
    found = {relative(path): list(lines_of(parsed(path))) for path in paths}
    return {name: [f"{name}:{line}" for line in lines] for name, lines in found.items() if lines}


OPENING = {"open", "open_code", "read_text", "read_bytes", "fdopen"}
ARCHIVES = {"GzipFile", "LZMAFile", "BZ2File", "ZipFile", "TarFile"}


def opened_lines(tree: ast.AST) -> Iterator[int]:
    """Yield the lines on which a file opens a path, or names it to a library that does."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        is_plain = name in ARCHIVES and bool(node.args) and "path" in ast.unparse(node.args[0])
        if name in OPENING or is_plain:
            yield node.lineno


def test_files_of_others_are_opened_in_one_place() -> None:
    """Whoever reads a path from outside asks `bounded_file`; who opens by itself says why."""
    found = places(FILES, opened_lines)
    assert found.keys() >= OPENERS.keys(), "they open nothing: take them out of OPENERS"
    wrong = [place for name, lines in found.items() if name not in OPENERS for place in lines]
    assert not wrong, "they open a file: use system/files/bounded_file.py"


FOLLOWING = {"read_bounded", "open_regular", "has_content", "write_atomically", "remove_files"}
PACKAGING = [
    *sorted((PACKAGE / "packaging").rglob("*.py")),
    PACKAGE / "families/deb/substvars.py",
]
FOLLOWED_ANYWAY = {
    "packaging/formats/templates.py": "templates that distrorocks brings along",
}
"""The files of packaging that follow links of others by such a call, and why it is safe there."""


def following_lines(tree: ast.AST) -> Iterator[int]:
    """Yield the lines that read or write a path which others may make a link, or lead over one.

    Without a link only the last name of a path is safe; the handle of a directory makes all so.
    """
    methods = {"open_regular"}  # of a folder that is entered by handles
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        is_method = isinstance(node.func, ast.Attribute)
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        is_by_handle = any(each.arg == "directory" for each in node.keywords)
        if name in FOLLOWING and not is_by_handle and not (is_method and name in methods):
            yield node.lineno


def test_packaging_follows_no_link_of_others() -> None:
    """Package builds run as root where others write: `named_file` and `named_folder` read there."""
    found = places(PACKAGING, following_lines)
    assert found.keys() >= FOLLOWED_ANYWAY.keys(), "take them out of FOLLOWED_ANYWAY"
    wrong = [each for name, lines in found.items() if name not in FOLLOWED_ANYWAY for each in lines]
    assert not wrong, "they follow links: use system/files/named_folder.py"


@pytest.mark.parametrize(
    ("text", "is_found"),
    [
        ("read_bounded(path, LIMIT)", True),
        ("bounded_file.read_bounded(path, LIMIT, follow=False)", True),
        ("open_regular(path, LIMIT)", True),
        ("write_atomically(path, content)", True),
        ("read_bounded(name, LIMIT, directory=handle)", False),
        ("folder.open_regular(path)", False),
        ("read_named(path, LIMIT)", False),
    ],
)
def test_calls_that_follow_links_are_found(text: str, is_found: bool) -> None:
    """The search finds every call that gives a whole path to the kernel."""
    assert bool(list(following_lines(ast.parse(text)))) == is_found


def test_a_file_says_what_it_is_in_one_idea() -> None:
    """Each file opens with a docstring and has a noun of its own for a name."""
    assert not [relative(path) for path in FILES if not ast.get_docstring(parsed(path))]
    nameless = {"util", "utils", "helper", "helpers", "common", "misc", "base"}
    assert not [relative(path) for path in FILES if path.stem in nameless]


def test_pytest_collects_every_folder_of_tests(pytestconfig: pytest.Config) -> None:
    """No folder has a name that pytest passes over."""
    passed_over = pytestconfig.getini("norecursedirs")
    folders = [path for path in Path(__file__).parent.rglob("*/") if path.name != "__pycache__"]
    assert len(folders) > 30
    left_out = [path for path in folders if any(fnmatch(path.name, each) for each in passed_over)]
    assert not left_out


def test_files_stay_small() -> None:
    """The median file is 80 to 160 lines, and no file passes 320."""
    lengths = sorted(
        (len(path.read_text().splitlines()), relative(path))
        for path in FILES
        if path.stem != "__init__"
    )
    assert 80 <= lengths[len(lengths) // 2][0] <= 160
    assert lengths[-1][0] <= 320, lengths[-1]


MUTABLE = (ast.Dict, ast.List, ast.Set, ast.DictComp, ast.ListComp, ast.SetComp)
MAKES_MUTABLE = {
    "dict",
    "list",
    "set",
    "defaultdict",
    "deque",
    "Counter",
    "OrderedDict",
    "bytearray",
}
MAKES_IMMUTABLE = {"MappingProxyType", "frozenset", "tuple"}


def defaults(tree: ast.AST) -> Iterator[ast.expr]:
    """Yield the default of each argument, and of each field of a class."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            yield from node.args.defaults
            yield from filter(None, node.args.kw_defaults)
        elif isinstance(node, ast.ClassDef):
            for each in node.body:
                if isinstance(each, ast.AnnAssign) and each.value:
                    yield each.value


def is_mutable(value: ast.AST) -> bool:
    """Return whether an expression makes, or holds, a container that can be changed."""
    called = ast.unparse(value.func) if isinstance(value, ast.Call) else ""
    if called in MAKES_IMMUTABLE:
        return False
    if isinstance(value, MUTABLE) or called.rpartition(".")[2] in MAKES_MUTABLE:
        return True
    return any(map(is_mutable, ast.iter_child_nodes(value)))


def test_a_default_cannot_be_changed() -> None:
    """No field and no argument has a container as its default that all who leave it out share."""
    wrong = [
        f"{relative(path)}:{each.lineno}"
        for path in FILES
        for each in defaults(parsed(path))
        if is_mutable(each)
    ]
    assert not wrong, "use MappingProxyType({}), () or frozenset()"


@pytest.mark.parametrize(
    ("text", "is_found"),
    [
        ("class A(NamedTuple):\n    x: Mapping[str, str] = {}", True),
        ("class A(NamedTuple):\n    x: tuple[list[str], int] = ([], 1)", True),
        ("def f(*, x=set()): ...", True),
        ("f = lambda x=collections.deque(): x", True),
        ("class A(NamedTuple):\n    x: Mapping[str, str] = MappingProxyType({})", False),
        ("class A:\n    x: list[str] = field(default_factory=list)", False),
        ("def f(x=(), y=frozenset({1}), z=None): ...", False),
    ],
)
def test_defaults_that_can_be_changed_are_found(text: str, is_found: bool) -> None:
    """The search finds displays and calls that make a container, also inside of others."""
    assert any(map(is_mutable, defaults(ast.parse(text)))) == is_found


STEERING = {
    "families/names_file.py": "names.toml",
    "luarocks/config_file.py": "config-5.x.lua",
    "luarocks/pins_file.py": "luarocks.lock",
    "luarocks/default_lua_version.py": "default-lua-version.lua",
    "packaging/plan/settings.py": "distrorocks.toml",
    "packaging/formats/templates.py": "packaging templates",
    "system/trees/ledger_file.py": "the ledger",
    "system/trees/cache_file.py": "the cache of a refresh",
    "system/trees/journal.py": "the journal of a transaction",
    "serve/folder/kept.py": "what a run keeps about a server's folder",
}
"""The files that read what decides what a run does, and what that is."""

TRUSTING = {"read_trusted", "read_steering", "_strangeness"}
READING = {"open", "read_bounded", "read_text", "read_bytes", "fdopen", "FileSystemLoader"}
READING_ANYWAY = {
    "packaging/formats/templates.py": {"read_bounded"},  # what we ship ourselves
}


def called(path: Path) -> set[str]:
    """Return the names of all that a file calls."""
    calls = (node.func for node in ast.walk(parsed(path)) if isinstance(node, ast.Call))
    return {
        call.id if isinstance(call, ast.Name) else call.attr
        for call in calls
        if isinstance(call, ast.Name | ast.Attribute)
    }


@pytest.mark.parametrize("name", STEERING)
def test_what_steers_a_run_is_opened_in_one_way(name: str) -> None:
    """Journals, ledger, cache, names, configuration: only what nobody else can write."""
    calls = called(PACKAGE / name)
    assert calls & TRUSTING, f"{name} reads {STEERING[name]} and asks nobody who can write it"
    wrong = calls & READING - READING_ANYWAY.get(name, set())
    assert not wrong, f"{name} reads {STEERING[name]} with {sorted(wrong)}"


NAMED = (
    "names.toml",
    "luarocks.lock",
    "distrorocks.toml",
    "ledger.json",
    "refresh.cache",
    ".distrorocks-deploy-",
)


def test_what_steers_a_run_has_one_reader() -> None:
    """No other file of the machine knows the name of one of these files."""
    wrong = [
        f"{relative(path)}:{node.lineno}"
        for path in FILES
        if room(path) == "system" and relative(path) not in STEERING
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and node.value.endswith(NAMED)
    ]
    assert not wrong


FAMILY_WORDS = {"deb", "rpm", "apk", "pacman", "dpkg", "alpm"}
FAMILIES_ASKED = {
    "cli/verbs/rpm_relations.py": "the verb of RPM's own macros",
    "cli/verbs/stage.py": "the step of package builds: dpkg's helpers name no family",
    "packaging/build/adoption.py": "a Debian source package is its subject",
    "packaging/build/stage.py": "the step of package builds: dpkg's helpers name no family",
    "packaging/formats/deb.py": "a packaging format of that name",
    "packaging/formats/deb_relations.py": "a packaging format of that name",
    "packaging/formats/rpm.py": "a packaging format, whose needs RPM reads",
    "packaging/plan/field.py": "a packaging format of that name",
    "packaging/plan/fields.py": "a packaging format of that name",
    "packaging/plan/history_fields.py": "a packaging format of that name",
    "packaging/formats/templates.py": "packaging formats, whose needs RPM reads",
    "packaging/plan/format.py": "names of packaging formats",
    "packaging/scaffold/build_order.py": "names of packaging formats",
    "packaging/scaffold/scaffold.py": "names of packaging formats",
}
"""The files outside `families/` that name a family, or a format that is called like one."""


def family_words(tree: ast.AST) -> Iterator[int]:
    """Yield the lines that have a family's name for a text, or import from its folder."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and node.value in FAMILY_WORDS:
            yield node.lineno
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
            parts = [name.split(".") for name in names]
            if any(it[1:2] == ["families"] and it[2:3] and it[2] in FAMILY_WORDS for it in parts):
                yield node.lineno


def test_nobody_outside_asks_which_family_it_is() -> None:
    """Whoever needs to know something of a family asks it by `families/family.py`."""
    found = places([path for path in FILES if room(path) != "families"], family_words)
    assert found.keys() >= FAMILIES_ASKED.keys(), "take them out of FAMILIES_ASKED"
    wrong = [each for name, lines in found.items() if name not in FAMILIES_ASKED for each in lines]
    assert not wrong, "they name a family: ask families/family.py"


def test_every_family_is_searched_for() -> None:
    """Who adds a family adds its name here by adding its folder."""
    folders = {path.parent.name for path in (PACKAGE / "families").glob("*/family.py")}
    assert folders <= FAMILY_WORDS


@pytest.mark.parametrize(
    ("text", "is_found"),
    [
        ('if package.family == "deb": ...', True),
        ('if family in ("apk", "pacman"): ...', True),
        ('READERS = {"rpm": read}', True),
        ("from distrorocks.families.deb.stanzas import parse_stanza", True),
        ("from distrorocks.families.rpm import repositories", True),
        ("from distrorocks.families import pacman", True),
        ("from distrorocks.families.known import FAMILIES", False),
        ('told = "the database of dpkg"', False),
    ],
)
def test_questions_for_a_family_are_found(text: str, is_found: bool) -> None:
    """The search finds comparisons, tables by family, and imports of one family's reader."""
    assert any(family_words(ast.parse(text))) == is_found


LIGHT = (
    *("configure", "families", "health", "install", "luarocks", "publish", "serve", "servers"),
    "sources",
)
_BLOCKED = """
import importlib, sys
class Blocker:
    def find_spec(self, name, *_):
        if name.partition(".")[0] in {libraries!r}:
            raise ModuleNotFoundError(name, name=name)
sys.meta_path.insert(0, Blocker())
for name in {modules!r}:
    importlib.import_module(name)
"""


def test_a_library_is_imported_when_it_is_needed() -> None:
    """Verbs that can do without the optional libraries import on a system that has none."""
    owners = {
        owner
        for owned in OWNERS.values()
        for owner in ((owned,) if isinstance(owned, str) else owned)
    }
    modules = [
        ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts)
        for path in FILES
        if room(path) in (*LIGHT, "world", "system") and relative(path) not in owners
    ]
    script = _BLOCKED.format(libraries=set(OWNERS), modules=modules)
    ended = subprocess.run(
        [sys.executable, "-c", script], cwd=PACKAGE.parent, capture_output=True, text=True
    )
    assert ended.returncode == 0, ended.stderr
