"""Write a closure of packages for build services: ordered lists, and OBS metadata."""

from __future__ import annotations

import json
from collections.abc import Mapping
from html import escape

from distrorocks.packaging.scaffold.closure import Closure
from distrorocks.values import NamedTuple

TARGETS = {
    "deb": ("Debian_13", "Debian:13/standard"),
    "fedora": ("Fedora_Rawhide", "Fedora:Rawhide/standard"),
    "opensuse": ("openSUSE_Tumbleweed", "openSUSE:Factory/snapshot"),
}


class Project(NamedTuple):
    """A project of a build service: its name and title, and the format of its packages."""

    name: str
    title: str
    form: str


class Described(NamedTuple):
    """A package of a rock as a build service shows it."""

    package: str
    summary: str
    homepage: str = ""


def list_texts(
    closure: Closure, described: Mapping[str, Described], project: Project
) -> dict[str, str]:
    """Return the files of an order by path; ``described`` has the package of each rock."""
    packages = {rock: each.package for rock, each in described.items()}
    texts = {
        "order.txt": order_text(closure, packages),
        "order.json": json.dumps(order_table(closure, packages), indent=2) + "\n",
        "chain.txt": chain_text(closure, packages),
        "obs/_meta": project_meta(project.name, project.form, project.title),
    }
    if project.form == "deb":
        texts["sbuild.txt"] = sbuild_text(closure, packages)
    for package, summary, homepage in described.values():
        texts[f"obs/{package}/_meta"] = package_meta(project.name, package, summary, homepage)
    return texts


def order_text(closure: Closure, packages: Mapping[str, str]) -> str:
    """Return one package per line, in build order; cycles and missing rocks are comments."""
    lines = []
    for group in closure.groups:
        if len(group) > 1:
            lines.append(f"# these need each other: {' '.join(packages[name] for name in group)}")
        lines += [packages[name] for name in group]
    lines += [f"# {text}" for text in outgrown_texts(closure)]
    for gap in closure.missing:
        lines.append(f"# not found: {', '.join(gap.needs)}, for {', '.join(gap.by)}")
    return "\n".join(lines) + "\n"


def outgrown_texts(closure: Closure) -> tuple[str, ...]:
    """Return a message for each package whose version does not satisfy the dependencies."""
    return tuple(
        f"{each.package} has {each.rock} {each.version}, not {', '.join(map(str, each.lacks))}"
        for each in closure.outgrown
    )


def chain_text(closure: Closure, packages: Mapping[str, str]) -> str:
    """Return the rounds for ``koji chain-build``, separated by colons."""
    rounds = (" ".join(packages[name] for name in level) for level in closure.levels)
    return " : ".join(rounds) + "\n"


def sbuild_text(closure: Closure, packages: Mapping[str, str]) -> str:
    """Return a package per line, in build order, with the options of sbuild that it needs.

    Each ``--extra-package`` is the directory of a package that was built before, named like it.
    """
    names = [name for group in closure.groups for name in group]
    lines = []
    for at, name in enumerate(names):
        needed: set[str] = set()
        waiting = [name]
        while waiting:
            more = set(closure.edges[waiting.pop()]) - needed
            needed |= more
            waiting += more
        extra = (f"--extra-package={packages[each]}" for each in names[:at] if each in needed)
        lines.append(" ".join([packages[name], *extra]))
    return "\n".join(lines) + "\n"


def order_table(closure: Closure, packages: Mapping[str, str]) -> dict[str, object]:
    """Return the closure as JSON has it."""
    return {
        "packages": [
            {
                "package": packages[name],
                "rock": rock.rock,
                "version": rock.version,
                "after": [packages[need] for need in closure.edges[name]],
            }
            for name, rock in closure.rocks.items()
        ],
        "rounds": [[packages[name] for name in level] for level in closure.levels],
        "cycles": [[packages[name] for name in group] for group in closure.cycles],
        "packaged": [each.rock for each in closure.packaged],
        "outgrown": [
            {**each._asdict(), "lacks": [str(need) for need in each.lacks]}
            for each in closure.outgrown
        ],
        "missing": [each._asdict() for each in closure.missing],
    }


def project_meta(project: str, form: str, title: str) -> str:
    """Return the ``_meta`` of an OBS project that builds a format's packages."""
    name, path = TARGETS.get(form, ("", ""))
    repository = ""
    if name:
        base, _, of_base = path.partition("/")
        repository = (
            f'  <repository name="{escape(name)}">\n'
            f'    <path project="{escape(base)}" repository="{escape(of_base)}"/>\n'
            "    <arch>x86_64</arch>\n"
            "  </repository>\n"
        )
    return (
        f'<project name="{escape(project)}">\n  <title>{escape(title, quote=False)}</title>\n'
        f"  <description/>\n{repository}</project>\n"
    )


def package_meta(project: str, package: str, summary: str, homepage: str) -> str:
    """Return the ``_meta`` of a package in an OBS project."""
    url = f"  <url>{escape(homepage, quote=False)}</url>\n" if homepage else ""
    return (
        f'<package name="{escape(package)}" project="{escape(project)}">\n'
        f"  <title>{escape(summary, quote=False)}</title>\n  <description/>\n{url}</package>\n"
    )
