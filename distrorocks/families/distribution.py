"""Which distribution a root holds (os-release(5)), its family, and how it installs packages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from distrorocks.families.known import FAMILIES
from distrorocks.patterns import regex
from distrorocks.system.files.bounded_file import FileReadError, read_bounded
from distrorocks.system.files.root_path import RootView
from distrorocks.values import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from distrorocks.families.family import Family

RELEASE_FILES = ("/etc/os-release", "/usr/lib/os-release")
_LINE = regex(r"([A-Z][A-Z0-9_]*)=(.*)")
_ESCAPE = regex(r"\\(.)")
_MOST_BYTES = 1 << 16


class Distribution(NamedTuple):
    """The fields of os-release, empty where it has none.

    ``id_like`` are the distributions that this one is derived from, closest first; ``version`` is
    that of a release, such as 12 or 3.22.1.
    """

    id: str = ""
    id_like: tuple[str, ...] = ()
    version: str = ""


def parse_os_release(text: str) -> Distribution:
    """Parse an os-release file; lines of another form are ignored."""
    fields = {}
    for line in text.splitlines():
        if found := _LINE.fullmatch(line.strip()):
            fields[found[1]] = _unquoted(found[2])
    return Distribution(
        fields.get("ID", "").lower(),
        tuple(fields.get("ID_LIKE", "").lower().split()),
        fields.get("VERSION_ID", "").lower(),
    )


def _unquoted(value: str) -> str:
    """Return a shell word without its quotes and escapes."""
    if len(value) > 1 and value[0] == value[-1] == "'":
        return value[1:-1]
    if len(value) > 1 and value[0] == value[-1] == '"':
        value = value[1:-1]
    return _ESCAPE.sub(r"\1", value)


def read_distribution(root: str) -> Distribution:
    """Return the distribution in ``root``: /etc/os-release, else /usr/lib/os-release."""
    view = RootView(root)
    for path in RELEASE_FILES:
        found = view.find(path)
        if found and found.is_file:
            try:
                text = read_bounded(view.host_path(found.path), _MOST_BYTES)
            except FileReadError:
                continue
            return parse_os_release(text.decode("utf-8", "surrogateescape"))
    return Distribution()


def is_known(distribution: str) -> bool:
    """Return whether a family has a map for an id of os-release: its own, or as a variant."""
    stem = distribution.partition("-")[0]  # such as opensuse-microos, as in `map_of`
    return bool(known_distribution((distribution,))) or stem in _own_names()


def known_ids() -> tuple[str, ...]:
    """Return the ids of os-release whose packages are known, sorted."""
    aliases = (alias for family in FAMILIES.values() for alias in family.aliases)
    return tuple(sorted({*_own_names(), *aliases}))


def _own_names() -> set[str]:
    """Return the names of the distributions that have a map."""
    return {name for family in FAMILIES.values() for name in family.distributions}


def known_distribution(ids: Iterable[str]) -> str:
    """Return the first of os-release's ids whose packages are known, by one name; "" for none."""
    return next((name for name, _ in _known(ids)), "")


def family_of(ids: Iterable[str]) -> Family | None:
    """Return the family of the first distribution whose packages are known, None for none."""
    return next((family for _, family in _known(ids)), None)


def _known(ids: Iterable[str]) -> Iterator[tuple[str, Family]]:
    """Yield the distributions that ids of os-release name, with their families."""
    for written in ids:
        for family in FAMILIES.values():
            name = family.aliases.get(written, written)
            if name in family.distributions:
                yield name, family


def install_command(distribution: str, packages: Iterable[str]) -> str:
    """Return the command that installs packages, or "" without packages or a known family."""
    words = [f"'{each}'" if "(" in each else each for each in dict.fromkeys(packages)]
    family = family_of([distribution])
    if not words or family is None:
        return ""
    return " ".join([family.install_command([distribution]), *words])
