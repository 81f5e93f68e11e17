"""Values of different kinds differ, however much their fields are alike."""

from __future__ import annotations

import ast
import copy
import dataclasses
import importlib
import pickle
import subprocess
import sys
import types
import typing
from collections.abc import Iterator
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import Any, Generic, TypeGuard, TypeVar, Union, get_args, get_origin

import pytest

from distrorocks.trees.change import Change, Keep, RemoveFile
from distrorocks.values import NamedTuple, distinct

Item = TypeVar("Item")
TOP = Path(__file__).parent.parent
FILES = sorted((TOP / "distrorocks").rglob("*.py"))


def union_expressions(tree: ast.AST) -> Iterator[ast.expr]:
    """Yield each ``A | B`` and ``Union[A, B]`` of a file, the largest of nested ones only."""
    for node in ast.iter_child_nodes(tree):
        is_either = isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr)
        if is_either or is_named(node):
            assert isinstance(node, ast.expr)
            yield node
        else:
            yield from union_expressions(node)


def is_named(node: ast.AST) -> TypeGuard[ast.Subscript]:
    """Return whether an expression is ``Union[A, B]``."""
    if not isinstance(node, ast.Subscript):
        return False
    match node.value:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name.endswith("Union")
    return False


def members(expression: ast.expr) -> list[ast.expr]:
    """Return what stands between the bars, or in the brackets, of one union."""
    if isinstance(expression, ast.BinOp) and isinstance(expression.op, ast.BitOr):
        return [*members(expression.left), *members(expression.right)]
    if is_named(expression):
        inner = expression.slice
        return inner.elts if isinstance(inner, ast.Tuple) else [inner]
    return [expression]


def kinds(meaning: object) -> Iterator[type]:
    """Yield the classes that an alias or a class stands for."""
    if isinstance(meaning, types.UnionType) or get_origin(meaning) is Union:
        for each in get_args(meaning):
            yield from kinds(each)
    elif isinstance(meaning, type) and get_origin(meaning) is None:
        yield meaning


def is_record(kind: type) -> bool:
    """Return whether a class is a named tuple or a dataclass."""
    return dataclasses.is_dataclass(kind) or (issubclass(kind, tuple) and hasattr(kind, "_fields"))


def unions_of_records() -> Iterator[tuple[str, tuple[type, ...]]]:
    """Yield the place and the records of each union of the package that can confuse two kinds."""
    for path in FILES:
        text = path.read_text()
        if "|" not in text and "Union" not in text:
            continue
        tree = ast.parse(text)
        names = {node.name for node in ast.walk(tree) if isinstance(node, ast.ClassDef)}
        names |= {
            alias.asname or alias.name
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("distrorocks.")
            for alias in node.names
        }
        for expression in union_expressions(tree):
            parts = [each for each in members(expression) if isinstance(each, ast.Name)]
            if len(members(expression)) < 2 or not any(each.id in names for each in parts):
                continue
            dotted = ".".join(path.relative_to(TOP).with_suffix("").parts)
            module = vars(importlib.import_module(dotted.removesuffix(".__init__")))
            found = [
                kind
                for each in parts
                if each.id in module
                for kind in kinds(module[each.id])
                if is_record(kind)
            ]
            has_plain = any(ast.unparse(each).startswith("tuple[") for each in members(expression))
            if len(set(found)) > 1 or (found and has_plain):
                place = f"{path.relative_to(TOP)}:{expression.lineno}"
                yield place, tuple(dict.fromkeys(found))


@cache
def unions() -> list[tuple[str, tuple[type, ...]]]:
    """Return all such unions."""
    return list(unions_of_records())


def plain(kind: Any) -> tuple[object, ...]:
    """Return 0, 1, 2 and so on, one for each field of a kind."""
    return tuple(range(len(kind.__match_args__)))


def filled(kind: type) -> object:
    """Return a value of a kind whose fields are 0, 1, 2 and so on."""
    return kind(*plain(kind))


def test_the_unions_are_found() -> None:
    """The search finds the known unions: changes, steps of rocks and of staging, causes."""
    found = {frozenset(kind.__name__ for kind in records) for _, records in unions()}
    assert frozenset({"WriteFile", "RemoveFile", "RemoveDirectory", "Keep"}) in found
    assert frozenset({"KeepRock", "InstallRock", "SuggestPackage", "RefuseRock"}) in found
    assert frozenset({"Move", "Drop", "Write", "Link"}) in found
    assert frozenset({"Asked", "Unread", "Guard"}) in found


def test_kinds_of_one_union_are_never_equal() -> None:
    """Values of two kinds that stand in one union are unequal, and so is the tuple of one."""
    for place, records in unions():
        told_apart(place, records)


def told_apart(place: str, records: tuple[type, ...]) -> None:
    """Fail where a value of one of these kinds is equal to one of another, or to its tuple."""
    for kind in records:
        value = filled(kind)
        assert value == filled(kind), f"{place}: {kind} is not equal to itself"
        assert hash(value) == hash(filled(kind))
        assert value != plain(kind), f"{place}: {kind} is equal to a plain tuple"
        assert plain(kind) != value
        assert not value == plain(kind), f"{place}: {kind} is equal to a plain tuple"  # noqa: SIM201
    for one, other in combinations(map(filled, records), 2):
        assert one != other, f"{place}: {one} is equal to {other}"
        assert other != one
        assert not one == other, f"{place}: {one} is equal to {other}"  # noqa: SIM201
        assert len({one, other}) == 2


def test_removing_is_not_keeping() -> None:
    """A file to remove is no file to keep, though path and reason are the same."""
    remove: Change = RemoveFile("/a", "r")
    keep: Change = Keep("/a", "r")
    assert remove != keep
    assert not remove == keep  # noqa: SIM201
    assert remove == RemoveFile("/a", "r")


def test_a_distinct_kind_remains_a_named_tuple() -> None:
    """Fields, defaults, order and patterns of a distinct kind are those of any named tuple."""

    @distinct
    class Step(NamedTuple):
        path: str
        reason: str = "because"

    match Step("/a"):
        case Step(path, reason):
            assert (path, reason) == ("/a", "because")
    assert Step("/a") < Step("/b")
    assert Step("/a")._replace(path="/b") == Step("/b")
    assert repr(Step("/a")).endswith("Step(path='/a', reason='because')")


class Point(NamedTuple):
    """A place."""

    x: int
    y: int = 2
    z: tuple[int, ...] = ()

    def both(self) -> int:
        """Return a sum."""
        return self.x + self.y


class TypingPoint(typing.NamedTuple):
    """A place."""

    x: int
    y: int = 2
    z: tuple[int, ...] = ()

    def both(self) -> int:
        """Return a sum."""
        return self.x + self.y


class Shifted(Point):
    """A place that inherits."""

    __slots__ = ()

    def both(self) -> int:
        """Return more."""
        return super().both() + 100


POINTS: tuple[Any, ...] = (Point, TypingPoint)


def outcome(use: Any, kind: Any) -> object:
    """Return what a use of a kind gives, or the kind of its error."""
    try:
        return use(kind)
    except (AttributeError, TypeError, ValueError) as error:
        return type(error)


@pytest.mark.parametrize(
    "use",
    [
        lambda kind: tuple(kind(1)),
        lambda kind: tuple(kind(1, 5, (6,))),
        lambda kind: tuple(kind(z=(7,), x=1)),
        lambda kind: kind(1) == (1, 2, ()) and hash(kind(1)) == hash((1, 2, ())),
        lambda kind: kind(1) < kind(2),
        lambda kind: (kind(1).x, kind(1).y, kind(1).z, kind(1).both()),
        lambda kind: repr(kind(1)).replace(kind.__name__, ""),
        lambda kind: str(kind(1)).replace(kind.__name__, ""),
        lambda kind: tuple(kind(1)._replace(y=9)),
        lambda kind: kind(1)._replace(y=9).__class__ is kind,
        lambda kind: kind(1)._replace(other=9),
        lambda kind: kind(1)._asdict(),
        lambda kind: tuple(kind._make(iter((1, 2, 3)))),
        lambda kind: kind._make((1,)),
        lambda kind: kind(),
        lambda kind: kind(1, 2, 3, 4),
        lambda kind: kind(1, other=4),
        lambda kind: kind(1, x=4),
        lambda kind: setattr(kind(1), "x", 2),
        lambda kind: setattr(kind(1), "other", 2),
        lambda kind: hasattr(kind(1), "__dict__"),
        lambda kind: (kind._fields, kind._field_defaults, kind.__match_args__),
        lambda kind: (kind.__doc__, kind.__module__, kind.__mro__[1:], type(kind)),
        lambda kind: typing.get_type_hints(kind),
        lambda kind: copy.copy(kind(1)) == kind(1) == copy.deepcopy(kind(1)),
        lambda kind: pickle.loads(pickle.dumps(kind(1))).__class__ is kind,  # noqa: S301
    ],
)
def test_a_named_tuple_is_as_that_of_typing(use: Any) -> None:
    """Whatever is done with a value or a kind gives what it gives with ``typing.NamedTuple``."""
    ours, of_typing = (outcome(use, kind) for kind in POINTS)
    assert ours == of_typing


def test_a_missing_field_is_named() -> None:
    """The error for a field that is left out names the kind and the field."""
    kind: Any = Point
    with pytest.raises(TypeError, match=r"Point\.__new__\(\) missing 1 .* argument: 'x'"):
        kind()


def test_a_kind_of_a_named_tuple_inherits() -> None:
    """A subclass has the fields, and reaches the methods above it."""
    assert Shifted(1).both() == 103
    assert Shifted(1)._replace(x=3).both() == 105


def declare_wrongly(body: dict[str, Any]) -> None:
    """Fill a class body with a field that has a default, and one after it that has none."""
    body.update({"__annotations__": {"x": "int", "y": "int"}, "x": 1, "__qualname__": "Wrong"})


def test_a_field_without_a_default_cannot_follow_one_with_a_default() -> None:
    """Such a declaration is an error, as in ``typing``."""
    for kind in (NamedTuple, typing.NamedTuple):
        with pytest.raises(TypeError, match="default"):
            types.new_class("Wrong", (kind,), exec_body=declare_wrongly)


LIGHT = (
    "distrorocks.cli.main",
    "distrorocks.cli.verbs.refresh",
    "distrorocks.cli.verbs.make_manifest",
    "distrorocks.publish.hook",
    "distrorocks.serve.make_manifest",
    "distrorocks.publish.refresh",
    "distrorocks.publish.withdraw",
    "distrorocks.families.deb.database",
    "distrorocks.families.deb.copyright_file",
    "distrorocks.families.rpm.database",
    "distrorocks.rocks.plain_index",
    "distrorocks.world.lost_needs",
)


@pytest.mark.parametrize("module", LIGHT)
def test_publishing_imports_neither_dataclasses_nor_typing(module: str) -> None:
    """A package manager's hook starts without them: they cost a third and a fifth more."""
    program = f"import sys, {module}; print(not sys.modules.keys().isdisjoint(UNWANTED))"
    done = subprocess.run(
        [sys.executable, "-S", "-c", program.replace("UNWANTED", "('dataclasses', 'typing')")],
        capture_output=True,
        text=True,
        check=True,
        cwd=TOP,
    )
    assert done.stdout == "False\n"


def test_a_named_tuple_has_no_other_base() -> None:
    """`typing.NamedTuple` takes `Generic` beside it, and ours would lose it without a word."""
    with pytest.raises(TypeError, match="no other base"):

        class _Pair(NamedTuple, Generic[Item]):
            one: Item
