"""The modules that decide, and which tests each has to answer to."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path

NOT_ASKED = ("cli", "system")
"""The rooms of words and of the machine: they decide little, and other tests hold them."""

ALSO = (
    "binaries/elf_image.py",
    "configure/report.py",
    "configure/snippet.py",
    "families/external_library.py",
    "install/deploy/decide.py",
    "install/suite.py",
    "packaging/scaffold/scaffold_closure.py",
    "packaging/scaffold/update.py",
)
"""Modules that decide though they name a value or an error of the machine."""

_MACHINE = frozenset(
    {"fcntl", "importlib", "io", "os", "pathlib", "pwd", "resource", "shutil", "signal", "socket"}
    | {"subprocess", "sys", "tempfile", "threading", "urllib3"}
)


def modules(top: Path) -> list[str]:
    """Return the modules to mutate, as paths from the package.

    Those are the modules that decide: outside of ``NOT_ASKED``, all that import neither a module
    of ``system`` nor a library that reaches the machine.
    """
    package = top / "distrorocks"
    found = {str(path.relative_to(package)): path for path in sorted(package.rglob("*.py"))}
    return [
        name
        for name, path in found.items()
        if path.name not in ("__init__.py", "__main__.py")
        and name.partition("/")[0] not in NOT_ASKED
        and (name in ALSO or _decides(path))
    ]


@cache
def _decides(path: Path) -> bool:
    """Return whether a module imports nothing that reaches the machine, but for types."""
    return not any(
        name.startswith("distrorocks.system.") or name.partition(".")[0] in _MACHINE
        for name, is_run in _names(path).items()
        if is_run
    )


_BLOCKS = ("body", "orelse", "finalbody", "handlers", "cases")


@cache
def _names(path: Path) -> Mapping[str, bool]:
    """Return the modules that a file names, and whether more than type checkers see them.

    Only statements are looked at: expressions, most of a file, have none in them.
    """
    names: dict[str, bool] = {}
    waiting: list[tuple[ast.AST, bool]] = [(ast.parse(path.read_text()), True)]
    while waiting:
        node, is_run = waiting.pop()
        names.update((name, is_run or names.get(name, False)) for name in _named(node))
        for block in _BLOCKS:
            nodes = getattr(node, block, ())
            is_seen = is_run and not (block == "body" and _is_for_types(node))
            waiting += [(each, is_seen) for each in nodes] if isinstance(nodes, list) else ()
    return names


def _is_for_types(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"


def _named(node: ast.AST) -> list[str]:
    """Return the modules that a statement imports."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom) and node.module:
        return [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    return []


def room(module: str) -> str:
    """Return the folder of a module."""
    return module.rpartition("/")[0]


def answering_tests(top: Path, module: str) -> list[str]:
    """Return the test files that a module answers to, the nearest first.

    Those named for it come first, then those of its room that import it, those elsewhere that
    do, and those of its room that reach it through other modules. Where tests and module are below
    the same first room, what helpers there import counts as well. One that is loaded by its name
    out of a table, ``known.py`` beside it or above, answers to who imports the table as well, and
    one that is named by none to all that is below its first room. One whose limits the
    documentation tells answers to the test of that page, too.
    """
    name = f"distrorocks.{module.removesuffix('.py').replace('/', '.')}"
    folder = top / "tests" / room(module)
    near = sorted(folder.glob(f"test_{Path(module).stem}*.py"))
    beside = sorted(folder.glob("test_*.py"))
    far = _tests(top)
    ordered = [
        *near,
        *(path for path in beside if name in _asked(top, path)),
        *(path for path in far if name in _asked(top, path)),
        *(path for path in beside if name in _reached(top, path)),
        *(path for path in far if _tables(top, module) & _asked(top, path)),
    ]
    below = f"{top}/tests/{module.partition('/')[0]}/"
    told = (
        [top / "tests/test_limits.py"] if f"`{module.removesuffix('.py')}:" in _limits(top) else []
    )
    found = dict.fromkeys(
        [*(ordered or [path for path in far if str(path).startswith(below)]), *told]
    )
    return [str(path.relative_to(top)) for path in found]


@cache
def _tables(top: Path, module: str) -> frozenset[str]:
    """Return the tables out of which a module may be loaded by its name."""
    folders = (room(module), room(room(module)))
    return frozenset(
        f"distrorocks.{each.replace('/', '.')}.known"
        for each in folders
        if each and (top / "distrorocks" / each / "known.py").is_file()
    )


@cache
def _tests(top: Path) -> tuple[Path, ...]:
    """Return all files of tests."""
    return tuple(sorted((top / "tests").rglob("test_*.py")))


@cache
def _limits(top: Path) -> str:
    """Return the page of all limits, whose test imports modules by the names that it has."""
    return (top / "docs/limits.md").read_text()


@cache
def _imports(top: Path, path: Path) -> frozenset[str]:
    """Return the modules of this project that a file names."""
    return frozenset(name for name in _names(path) if _file(top, name))


@cache
def _asked(top: Path, path: Path) -> frozenset[str]:
    """Return the modules that a file of tests names, those of its first room in helpers, too."""
    names = _imports(top, path)
    first = path.relative_to(top).parts[1]
    helpers = _files(top, (name for name in names if name.startswith(f"tests.{first}.")))
    own = f"distrorocks.{first}."
    others = (name for helper in helpers for name in _imports(top, helper))
    return names.union(name for name in others if name.startswith(own))


@cache
def _reached(top: Path, path: Path) -> frozenset[str]:
    """Return the modules of this project that a file imports, and that those import."""
    reached: set[str] = set()
    waiting = [path]
    while waiting:
        new = _imports(top, waiting.pop()) - reached
        reached |= new
        waiting += _files(top, new)
    return frozenset(reached)


def _files(top: Path, names: Iterable[str]) -> Iterator[Path]:
    return (path for name in names if (path := _file(top, name)))


@cache
def _file(top: Path, name: str) -> Path | None:
    """Return the file of a module of this project, None where it is none."""
    if name.partition(".")[0] not in {"distrorocks", "tests"}:
        return None
    path = top / f"{name.replace('.', '/')}.py"
    return path if path.is_file() else None
