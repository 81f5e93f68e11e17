"""The mutants of a module: its text with one small fault each.

The operators are mutmut's. Those whose mutants mypy refuses, such as a call without one of its
arguments, are left out. Three are added: a negated condition, ``any`` for ``all``, and a table or
a match without one of its members. mutmut's own runner is not used: it skips module-level code,
properties and decorated functions, and takes no sample.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

import libcst as cst
from libcst.metadata import MetadataWrapper, WhitespaceInclusivePositionProvider
from mutmut.mutation import mutators

_Operate = Callable[..., Iterable[cst.CSTNode | None]]

_ASSIGNMENT, _TUPLE = "assignment", "member of a tuple"
_SWAPPED_CALLS = {"any": "all", "all": "any", "min": "max", "max": "min"}
_NEGATED_ELSEWHERE = (cst.Is, cst.IsNot, cst.In, cst.NotIn, cst.Equal, cst.NotEqual)
_UNTOUCHED = (cst.Annotation, cst.Decorator, cst.Import, cst.ImportFrom, cst.Raise)


class Mutant(NamedTuple):
    """One fault: where it is, the lines that it changes, and the whole text with it."""

    module: str
    function: str
    operator: str
    line: int
    before: str
    after: str
    text: str


class _Edit(NamedTuple):
    """A node of the module's text and what stands in its place, None for nothing."""

    node: cst.CSTNode
    other: cst.CSTNode | None
    function: str
    operator: str


def mutants(module: str, text: str) -> list[Mutant]:
    """Return all mutants of a module's text, in the order of the text."""
    wrapper = MetadataWrapper(cst.parse_module(text))
    visitor = _Edits()
    wrapper.visit(visitor)
    places = wrapper.resolve(WhitespaceInclusivePositionProvider)
    starts = _line_starts(text)
    found: dict[str, Mutant] = {}
    for edit in visitor.edits:
        place = places[edit.node]
        start = starts[place.start.line - 1] + place.start.column
        end = starts[place.end.line - 1] + place.end.column
        after = wrapper.module.code_for_node(edit.other) if edit.other else ""
        mutated = text[:start] + after + text[end:]
        if mutated != text and _is_python(mutated):
            was, now = _changed_lines(text, mutated)
            mutant = Mutant(
                module, edit.function, edit.operator, place.start.line, was, now, mutated
            )
            found.setdefault(mutated, mutant)
    return sorted(found.values(), key=lambda each: each.line)


def _line_starts(text: str) -> list[int]:
    starts = [0]
    for line in text.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    return starts


def _is_python(text: str) -> bool:
    try:
        ast.parse(text)
    except SyntaxError:
        return False
    return True


def _changed_lines(text: str, mutated: str) -> tuple[str, str]:
    """Return the lines that differ, before and after, without their indentation.

    Indentation does not count: within brackets, libcst starts lines of an edit at the left.
    """
    was, now = text.splitlines(), mutated.splitlines()
    shortest = min(len(was), len(now))
    top = 0
    while top < shortest and was[top].strip() == now[top].strip():
        top += 1
    tail = 0
    while tail < shortest - top and was[-1 - tail].strip() == now[-1 - tail].strip():
        tail += 1
    return _stripped(was[top : len(was) - tail]), _stripped(now[top : len(now) - tail])


def _stripped(lines: list[str]) -> str:
    return "\n".join(line.strip() for line in lines)


class _Edits(cst.CSTVisitor):
    """Collects the edits of a module, with the function that each is in."""

    def __init__(self) -> None:
        super().__init__()
        self.edits: list[_Edit] = []
        self._names: list[str] = []
        self._depth = 0

    def on_visit(self, node: cst.CSTNode) -> bool:
        """Collect a node's edits; return whether there are more in it."""
        if isinstance(node, _UNTOUCHED) or _is_of_types(node):
            return False
        if isinstance(node, cst.FunctionDef | cst.ClassDef):
            self._names.append(node.name.value)
        if isinstance(node, cst.FunctionDef):
            self._depth += 1
        for kind, name, operator in _OPERATORS:
            if isinstance(node, kind):
                self._collect(node, name, operator)
        return True

    def on_leave(self, original_node: cst.CSTNode) -> None:
        """Leave a function or a class."""
        if isinstance(original_node, cst.FunctionDef | cst.ClassDef):
            self._names.pop()
        if isinstance(original_node, cst.FunctionDef):
            self._depth -= 1

    def _collect(self, node: cst.CSTNode, name: str, operator: _Operate) -> None:
        is_within = self._depth > 0
        if name == (_TUPLE if is_within else _ASSIGNMENT):
            return  # one is another type, the other fails at import
        target = node.test if name == "condition" else node  # type: ignore[attr-defined]
        for other in operator(node):
            function = ".".join(self._names) or "(module)"
            self.edits.append(_Edit(target, other, function, name))


def _is_of_types(node: cst.CSTNode) -> bool:
    """Return whether a node is a type, what only type checkers see, or the list of exports."""
    match node:
        case cst.Subscript(value=cst.Name(value=name)):
            return name[0].isupper()
        case cst.Call(func=cst.Name(value=name)):
            return name == "TypeVar"
        case cst.If(test=cst.Name(value=name)):
            return name == "TYPE_CHECKING"
        case cst.Assign(targets=[cst.AssignTarget(target=cst.Name(value=name))]):
            return name == "__all__"
        case cst.AnnAssign(annotation=cst.Annotation(annotation=cst.Name(value=name))):
            return name == "TypeAlias"
    return False


def _negated(node: cst.If | cst.While | cst.CompIf) -> Iterator[cst.BaseExpression]:
    """Yield the condition negated, where no other operator does that."""
    test = node.test
    if isinstance(test, cst.UnaryOperation) and isinstance(test.operator, cst.Not):
        return
    signs = [each.operator for each in getattr(test, "comparisons", ())]
    if len(signs) == 1 and isinstance(signs[0], _NEGATED_ELSEWHERE):
        return
    inner = test.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()])
    yield cst.UnaryOperation(cst.Not(), inner)


def _swapped_call(node: cst.Call) -> Iterator[cst.Call]:
    if isinstance(node.func, cst.Name) and node.func.value in _SWAPPED_CALLS:
        yield node.with_changes(func=cst.Name(_SWAPPED_CALLS[node.func.value]))


def _shortened(node: cst.Set | cst.List | cst.Dict | cst.Tuple) -> Iterator[cst.CSTNode]:
    """Yield the display without each of its members in turn."""
    for index in range(len(node.elements) if len(node.elements) > 1 else 0):
        yield node.with_changes(elements=[*node.elements[:index], *node.elements[index + 1 :]])


def _no_case(_node: cst.MatchCase) -> Iterator[None]:
    yield None


_OPERATORS: tuple[tuple[type[cst.CSTNode], str, _Operate], ...] = (
    (cst.If, "condition", _negated),
    (cst.While, "condition", _negated),
    (cst.CompIf, "condition", _negated),
    (cst.MatchCase, "case", _no_case),
    (cst.IfExp, "conditional expression", mutators.operator_if_exp),
    (cst.Call, "any and all", _swapped_call),
    (cst.Set, "member", _shortened),
    (cst.List, "member", _shortened),
    (cst.Dict, "member", _shortened),
    (cst.Tuple, _TUPLE, _shortened),
    (cst.BaseNumber, "number", mutators.operator_number),
    (cst.BaseString, "string", mutators.operator_string),
    (cst.Name, "name", mutators.operator_name),
    (cst.Assign, _ASSIGNMENT, mutators.operator_assignment),
    (cst.AugAssign, "augmented assignment", mutators.operator_augmented_assignment),
    (cst.UnaryOperation, "unary operator", mutators.operator_remove_unary_ops),
    (cst.Call, "method", mutators.operator_symmetric_string_methods_swap),
    (cst.Call, "method", mutators.operator_unsymmetrical_string_methods_swap),
    (cst.CSTNode, "keyword", mutators.operator_keywords),
    (cst.CSTNode, "operator", mutators.operator_swap_op),
)
