"""Which branches of the project ran: its modules are compiled with a mark in each block.

A mark is one store into a bytearray, which costs next to nothing where ``sys.settrace`` makes the
Lua parser six times slower and atheris' counters two and a half times. It needs no library and
is the same on every Python, so a run can be repeated by its seed.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from types import CodeType, ModuleType

_MARKS = "__fuzzing_marks__"
_MOST_BLOCKS = 1 << 16
_LONGEST_WORD = 40
_SHORTEST_WORD = 2


class Coverage:
    """The marks of all instrumented modules, and the words that stand in their texts."""

    def __init__(self, package: str) -> None:
        self.package = package
        self.marks = bytearray(_MOST_BLOCKS)
        self.places: list[tuple[str, int]] = [("", 0)]
        self.words: dict[str, set[bytes]] = {}
        self.seen = 0

    def install(self) -> None:
        """Instrument each module of the package that is imported from now on."""
        loaded = [name for name in sys.modules if f"{name}.".startswith(f"{self.package}.")]
        if loaded:
            raise RuntimeError(f"{loaded[0]} was imported before it could be instrumented")
        sys.meta_path.insert(0, _Finder(self))

    def clear(self) -> None:
        """Forget which blocks ran in the last try."""
        size = len(self.places)
        self.marks[:size] = bytes(size)

    def new_blocks(self) -> int:
        """Return how many blocks ran for the first time, and remember them."""
        ran = int.from_bytes(self.marks[: len(self.places)], "little")
        new = ran & ~self.seen
        self.seen |= ran
        return new.bit_count()

    def count(self) -> int:
        """Return how many blocks have run so far."""
        return self.seen.bit_count()

    def words_seen(self) -> list[bytes]:
        """Return the constants of the modules in which any block ran: what they look for."""
        ran = self.seen.to_bytes(len(self.places), "little")
        files = {self.places[number][0] for number, mark in enumerate(ran) if mark}
        return sorted(set().union(*(self.words.get(file, set()) for file in files)))

    def place(self, path: str, line: int) -> int:
        """Return the number of a new block."""
        if len(self.places) == _MOST_BLOCKS:
            raise RuntimeError("the package has more blocks than there are marks")
        self.places.append((path, line))
        return len(self.places) - 1


class _Finder:
    """Finds the package's modules, to be loaded by the loader that instruments."""

    def __init__(self, coverage: Coverage) -> None:
        self.coverage = coverage

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return the spec of a module of the package, None for any other."""
        if not f"{name}.".startswith(f"{self.coverage.package}."):
            return None
        spec = PathFinder.find_spec(name, path, target)
        if spec and spec.origin and spec.origin.endswith(".py"):
            spec.loader = _Loader(name, spec.origin, self.coverage)
        return spec


class _Loader(SourceFileLoader):
    """Compiles a module with its marks; never from or into a cache."""

    def __init__(self, name: str, path: str, coverage: Coverage) -> None:
        super().__init__(name, path)
        self.coverage = coverage

    def get_code(self, fullname: str) -> CodeType:
        """Return the module's code with a mark in each block."""
        path = self.get_filename(fullname)
        tree = ast.parse(self.get_data(path))
        self.coverage.words[path] = set(_words(tree))
        marked = ast.fix_missing_locations(_Marker(path, self.coverage).visit(tree))
        code: CodeType = compile(marked, path, "exec", dont_inherit=True)
        return code

    def exec_module(self, module: ModuleType) -> None:
        """Run the module with the marks at hand."""
        module.__dict__[_MARKS] = self.coverage.marks
        super().exec_module(module)


class _Marker(ast.NodeTransformer):
    """Puts a mark in front of each block of statements."""

    def __init__(self, path: str, coverage: Coverage) -> None:
        self.path = path
        self.coverage = coverage

    def generic_visit(self, node: ast.AST) -> ast.AST:
        """Mark the blocks of one statement, those inside it before."""
        super().generic_visit(node)
        if isinstance(node, ast.FunctionDef):
            start = 1 if ast.get_docstring(node) is not None else 0
            node.body[start:start] = self._mark(node)
        elif isinstance(node, (ast.For, ast.While, ast.If)):
            node.body[:0] = self._mark(node)
            node.orelse[:0] = self._mark(node)
        elif isinstance(node, (ast.ExceptHandler, ast.match_case)):
            node.body[:0] = self._mark(node.body[0])
        return node

    def _mark(self, node: ast.stmt | ast.ExceptHandler) -> list[ast.stmt]:
        number = self.coverage.place(self.path, node.lineno)
        mark = ast.parse(f"{_MARKS}[{number}] = 1").body[0]
        for each in ast.walk(mark):
            ast.copy_location(each, node)
        return [mark]


def _words(tree: ast.Module) -> list[bytes]:
    """Return the short texts of a module, which its readers may look for."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, (str, bytes)):
            value = node.value
            word = value.encode("utf-8", "surrogateescape") if isinstance(value, str) else value
            if _SHORTEST_WORD <= len(word) <= _LONGEST_WORD and b". " not in word:
                found.append(word)
    return found
