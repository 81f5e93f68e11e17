"""Topological order of rocks: dependencies come first, except in cycles."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping

from distrorocks.values import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from typing import TypeVar

    T = TypeVar("T", bound=Hashable)


class Order(NamedTuple):
    """``names`` in order; ``closing`` are the pairs (requirer, required) that violate it.

    Without cycles ``closing`` is empty. The rocks of a cycle are adjacent, in the post-order of a
    depth-first walk from the alphabetically first name.
    """

    names: tuple[str, ...]
    closing: tuple[tuple[str, str], ...]


def installation_order(names: Iterable[str], pairs: Iterable[tuple[str, str]]) -> Order:
    """Return the order of ``names`` under ``pairs`` of (requirer, required) names.

    The result does not depend on the order of the arguments. A rock that needs itself is not a
    cycle.
    """
    needed: dict[str, set[str]] = {name: set() for name in names}
    for requirer, required in pairs:
        if requirer != required:
            needed[requirer].add(required)
    ordered = {name: sorted(needed[name]) for name in sorted(needed)}
    arranged: list[str] = []
    for component in components(ordered):
        arranged += _left(component, ordered)
    place = {name: position for position, name in enumerate(arranged)}
    closing = [
        (requirer, required)
        for requirer in arranged
        for required in ordered[requirer]
        if place[required] > place[requirer]
    ]
    return Order(tuple(arranged), tuple(closing))


def components(needed: Mapping[T, Iterable[T]]) -> Iterator[set[T]]:
    """Yield the strongly connected components, dependencies first (Tarjan's algorithm).

    A key without an entry has no dependencies.
    """
    number: dict[T, int] = {}
    lowest: dict[T, int] = {}
    open_names: list[T] = []
    is_open: set[T] = set()
    for start in needed:
        if start in number:
            continue
        walk: list[tuple[T, Iterator[T]]] = []
        enter: T | None = start
        while enter is not None or walk:
            if enter is not None:
                number[enter] = lowest[enter] = len(number)
                open_names.append(enter)
                is_open.add(enter)
                walk.append((enter, iter(needed.get(enter, ()))))
                enter = None
            name, rest = walk[-1]
            for required in rest:
                if required not in number:
                    enter = required
                    break
                if required in is_open:
                    lowest[name] = min(lowest[name], number[required])
            if enter is not None:
                continue
            walk.pop()
            if walk:
                parent = walk[-1][0]
                lowest[parent] = min(lowest[parent], lowest[name])
            if lowest[name] == number[name]:
                component = {open_names.pop()}
                while name not in component:
                    component.add(open_names.pop())
                is_open -= component
                yield component


def _left(component: set[str], needed: dict[str, list[str]]) -> list[str]:
    """Return a component's names in depth-first post-order from the first of them."""
    start = min(component)
    seen = {start}
    walk = [(start, iter(needed[start]))]
    left: list[str] = []
    while walk:
        name, rest = walk[-1]
        entered = next((each for each in rest if each in component and each not in seen), None)
        if entered is None:
            left.append(name)
            walk.pop()
        else:
            seen.add(entered)
            walk.append((entered, iter(needed[entered])))
    return left
