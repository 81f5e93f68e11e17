"""The modules that decide, and which tests each has to answer to."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

PURE = ("lua", "rocks", "trees", "config", "licensing", "resolve", "externals", "binaries")
"""Rooms in which every module is pure."""

DECIDERS = (
    "configure/report.py",
    "configure/snippet.py",
    "families/external_advice.py",
    "families/external_library.py",
    "families/lua_files.py",
    "families/name_entry.py",
    "families/names.py",
    "families/offer.py",
    "families/package.py",
    "families/package_names.py",
    "families/rock_modules.py",
    "families/version_range.py",
    "families/versions.py",
    "publish/publication.py",
    "publish/decide.py",
    "install/build/installed_files.py",
    "install/build/modules.py",
    "install/build/programs.py",
    "install/build/steps.py",
    "install/build/variables.py",
    "world/rock_metadata.py",
    "install/steps.py",
    "install/suite.py",
    "install/removal.py",
    "install/deploy/placement.py",
    "install/deploy/decide.py",
    "install/deploy/collision.py",
    "install/deploy/wrapper.py",
    "health/coherence.py",
    "health/diagnosis.py",
    "health/finding.py",
    "health/ledger_findings.py",
    "health/provider_findings.py",
    "packaging/merge/packaging.py",
    "packaging/merge/lines.py",
    "packaging/merge/duplicate_fields.py",
    "project/identity.py",
    "project/project_files.py",
    "project/rockspec_edit.py",
    "project/readme.py",
    "project/repository.py",
    "project/template.py",
)
"""Pure modules of the subjects: what they decide is applied elsewhere."""


def modules(top: Path) -> list[str]:
    """Return the modules to mutate, as paths from the package."""
    package = top / "distrorocks"
    pure = (path for room in PURE for path in sorted((package / room).glob("*.py")))
    found = [str(path.relative_to(package)) for path in pure if path.name != "__init__.py"]
    return [*found, *(each for each in DECIDERS if (package / each).exists())]


def room(module: str) -> str:
    """Return the folder of a module."""
    return module.rpartition("/")[0]


def answering_tests(top: Path, module: str) -> list[str]:
    """Return the test files that a module answers to, the nearest first.

    Those named for it come first, then those of its room that import it, those elsewhere that
    do, and those of its room that reach it through other modules.
    """
    name = f"distrorocks.{module.removesuffix('.py').replace('/', '.')}"
    folder = top / "tests" / room(module)
    near = sorted(folder.glob(f"test_{Path(module).stem}*.py"))
    beside = sorted(folder.glob("test_*.py"))
    far = sorted((top / "tests").rglob("test_*.py"))
    ordered = [
        *near,
        *(path for path in beside if name in _imports(top, path)),
        *(path for path in far if name in _imports(top, path)),
        *(path for path in beside if name in _reached(top, path)),
    ]
    return [str(path.relative_to(top)) for path in dict.fromkeys(ordered)]


@cache
def _imports(top: Path, path: Path) -> frozenset[str]:
    """Return the modules of this project that a file names."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return frozenset(name for name in names if _file(top, name))


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
