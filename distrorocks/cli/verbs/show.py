"""``distrorocks show``: one installed rock, in LuaRocks' format, with its package."""

from __future__ import annotations

import argparse
import os

from distrorocks.cli.arguments import add_json, add_trees, choice_of
from distrorocks.cli.report import print_json, print_record, warn
from distrorocks.exit_status import DONE
from distrorocks.values import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from distrorocks.health.show import Need, Shown
    from distrorocks.world.rock_files import Placed

    Flag = tuple[str, Callable[[Shown], Iterable[str]]]

_WIDTH = 80

FLAGS: dict[str, Flag] = {
    "rock-tree": ("print the root of the rock's tree", lambda it: [it.tree.layout.root]),
    "rock-namespace": ("print the rock's namespace", lambda it: [it.namespace or ""]),
    "rock-dir": (
        "print the directory of the rock's metadata",
        lambda it: [it.tree.layout.rock_dir(it.rock.name, it.rock.version)],
    ),
    "home": ("print the home page", lambda it: [it.described("homepage")]),
    "rock-license": ("print the licence", lambda it: [it.described("license")]),
    "issues": ("print the URL of the issue tracker", lambda it: [it.described("issues_url")]),
    "labels": ("print the labels", lambda it: it.labels or [""]),
    "modules": ("print the modules", lambda it: _module_names(it) or [""]),
    "deps": ("print the dependencies", lambda it: _texts(it.dependencies)),
    "build-deps": ("print the build dependencies", lambda it: _texts(it.build_dependencies)),
    "test-deps": ("print the test dependencies", lambda it: _texts(it.test_dependencies)),
    "rockspec": ("print the path of the rockspec", lambda it: [it.rockspec]),
    "mversion": ("print the version", lambda it: [it.rock.version]),
}
"""Flags that print one field, in order of precedence."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments, which are those of LuaRocks."""
    parser.add_argument(
        "rock", metavar="NAME", help="name of the rock, or an unambiguous part of it"
    )
    parser.add_argument("version", metavar="VERSION", nargs="?", help="version of the rock")
    for flag, (text, _) in FLAGS.items():
        parser.add_argument(f"--{flag}", action="store_true", help=text)
    parser.add_argument("--porcelain", action="store_true", help="print tab-separated fields")
    add_trees(parser)
    add_json(parser)


def run(options: argparse.Namespace) -> int:
    """Print the rock; return 0 also if parts of it could not be read."""
    from distrorocks.health.show import show

    choice = choice_of(options)
    shown, warnings = show(
        choice.root,
        options.rock,
        options.version or None,
        lua_versions=choice.lua_versions,
        tree=choice.tree,
    )
    if options.json:
        print_json({"rocks": list(map(_as_json, shown)), "warnings": warnings})
        return DONE
    flag = next((it for it in FLAGS if getattr(options, it.replace("-", "_"))), "")
    missing = [text for each in shown for text in each.missing if not flag]
    for text in (*dict.fromkeys(warnings), *missing):
        warn(text)
    for each in shown:
        if flag:
            lines = FLAGS[flag][1](each)
        else:
            lines = (_porcelain if options.porcelain else _lines)(each, is_ours=not options.persona)
        for line in lines:
            print_record(line)
    return DONE


def _module_names(shown: Shown) -> list[str]:
    """Return the module names as the manifest lists them."""
    return sorted(shown.rock.modules or {each.name for each in shown.modules})


def _texts(needs: Iterable[Need]) -> list[str]:
    return [need.text for need in needs]


def _lines(shown: Shown, *, is_ours: bool) -> Iterable[str]:
    """Yield the rock in LuaRocks' format; ``is_ours`` adds the package and Lua versions."""
    space = f"{shown.namespace}/" if shown.namespace else ""
    yield ""
    yield f"{space}{shown.package} {shown.rock.version} - {shown.described('summary')}"
    yield ""
    detailed = wrapped(shown.described("detailed"), _columns())
    if detailed:
        yield from (*detailed, "")
    also = f" (also installed for {', '.join(shown.also_for)})" if shown.also_for else ""
    facts = (
        ("License:", shown.described("license")),
        ("Homepage:", shown.described("homepage")),
        ("Issues:", shown.described("issues_url")),
        ("Labels:", ", ".join(shown.labels)),
        ("Installed in:", shown.tree.layout.root),
        *(("Package:", f"{each.name} {each.version}") for each in shown.packages if is_ours),
        ("For Lua:", f"{shown.lua_version}{also}" if is_ours else ""),
    )
    yield from (f"{title:14}\t{text}" for title, text in facts if text)
    yield from _section("Commands:", map(_place, shown.commands))
    yield from _section("Modules:", map(_place, shown.modules))
    yield from _section("Has build dependency on:", map(_need, shown.build_dependencies))
    yield from _section("Tests depend on:", map(_need, shown.test_dependencies))
    yield from _section("Depends on:", map(_need, shown.dependencies))
    yield from _section("Indirectly pulling:", map(_need, shown.indirect))
    yield ""


def _section(title: str, lines: Iterable[str]) -> list[str]:
    """Return a title with the lines under it, or [] if there are none."""
    shown = [f"\t{line}" for line in lines]
    return ["", title, *shown] if shown else []


def _place(placed: Placed) -> str:
    gone = "" if placed.is_there else ", missing"
    return f"{placed.name} ({placed.path}{gone})"


def _need(need: Need) -> str:
    return f"{need.text} ({_label(need)})"


def _label(need: Need) -> str:
    return f"using {need.version}" if need.version else "missing"


def _porcelain(shown: Shown, *, is_ours: bool) -> Iterable[str]:
    """Yield the rock as tab-separated lines; fields unknown to LuaRocks come last, if at all."""
    rows: list[tuple[str, ...]] = [
        ("namespace", shown.namespace or ""),
        ("package", shown.package),
        ("version", shown.rock.version),
        ("summary", shown.described("summary")),
        *(("detailed", line) for line in wrapped(shown.described("detailed"), _columns())),
        ("license", shown.described("license")),
        ("homepage", shown.described("homepage")),
        ("issues", shown.described("issues_url")),
        ("labels", ", ".join(shown.labels)),
        ("location", shown.tree.layout.root),
        *(("command", each.name, each.path) for each in shown.commands),
        *(("module", each.name, each.path) for each in shown.modules),
        *(("build_dependency", it.text, _label(it)) for it in shown.build_dependencies),
        *(("test_dependency", it.text, _label(it)) for it in shown.test_dependencies),
        *(("dependency", it.text, _label(it)) for it in shown.dependencies),
        *(("indirect_dependency", it.text, _label(it)) for it in shown.indirect),
    ]
    if is_ours:
        rows.append(("lua_version", shown.lua_version))
        rows += (("owner", each.name, each.version) for each in shown.packages)
    for row in rows:
        if row[0] in ("summary", "detailed") or row[1]:
            yield "\t".join(row)


def _columns() -> int:
    """Return the line width: COLUMNS, at most 80."""
    columns = os.environ.get("COLUMNS", "")
    return min(int(columns), _WIDTH) if columns.isdecimal() and columns.isascii() else _WIDTH


def wrapped(text: str, width: int) -> list[str]:
    """Wrap text like LuaRocks: join each paragraph, then break it at spaces."""
    paragraphs: list[list[str]] = [[]]
    for line in text.strip().split("\n"):
        if line.strip():
            paragraphs[-1].append(line.lstrip(" \t"))
        elif paragraphs[-1]:
            paragraphs.append([])
    lines: list[str] = []
    for paragraph in filter(None, paragraphs):
        rest = " ".join(paragraph)
        lines += [""] if lines else []
        while len(rest) > width and (end := rest.rfind(" ", 0, width)) > 0:
            lines.append(rest[:end])
            rest = rest[end + 1 :]
        lines.append(rest)
    return lines


def _as_json(shown: Shown) -> dict[str, object]:
    """Return the rock as JSON."""
    layout, rock = shown.tree.layout, shown.rock
    return {
        "rock": rock.name,
        "version": rock.version,
        "namespace": shown.namespace,
        "package": shown.package,
        "lua_version": shown.lua_version,
        "also_for": shown.also_for,
        "summary": shown.described("summary"),
        "detailed": shown.described("detailed"),
        "license": shown.described("license"),
        "homepage": shown.described("homepage"),
        "issues": shown.described("issues_url"),
        "labels": shown.labels,
        "tree": layout.name,
        "root": layout.root,
        "listed": shown.tree.is_listed,
        "rock_dir": layout.rock_dir(rock.name, rock.version),
        "rockspec": shown.rockspec,
        "modules": [each._asdict() for each in shown.modules],
        "commands": [each._asdict() for each in shown.commands],
        "dependencies": [each._asdict() for each in shown.dependencies],
        "build_dependencies": [each._asdict() for each in shown.build_dependencies],
        "test_dependencies": [each._asdict() for each in shown.test_dependencies],
        "indirect": [each._asdict() for each in shown.indirect],
        "owners": [{"package": it.name, "version": it.version} for it in shown.packages],
        "missing": shown.missing,
    }
