"""Packaging templates: where they stand, which outputs they make, and their filling in.

A template's path is its output's path. A part ``[key]`` of it stands for the plan's value; where
that is a list, each of its items makes an output of its own, and the template sees it as ``item``.
A template that leaves nothing but blanks makes no file.
"""

from __future__ import annotations

import os
import re
import traceback
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from distrorocks.errors import DistrorocksError
from distrorocks.families.rpm.family import for_lua
from distrorocks.packaging.plan.field import Value
from distrorocks.system.files.bounded_file import FileReadError, read_bounded
from distrorocks.system.files.shipped_files import shipped_directory
from distrorocks.system.files.trust import UntrustedError, read_steering

SYSTEM_TEMPLATES = "/etc/distrorocks/packaging-templates"
LIMIT = 1024 * 1024
_KEY = re.compile(r"\[([a-z_]+)\]")
_SHELL_SAFE = re.compile(r"[A-Za-z0-9@%+=:,./_-]+")
_FIRST_WORD = re.compile(r"^(\s*)(%\S*)")
_EXECUTABLE = ("debian/rules",)


class TemplateError(DistrorocksError):
    """A template cannot be read or filled in; the brief names it."""


def search_path(own: Sequence[str] = ()) -> tuple[str, ...]:
    """Return where templates are looked for, the first that has one wins."""
    return (*own, SYSTEM_TEMPLATES, shipped_directory("packaging-templates"))


def render(
    form: str, values: Mapping[str, Value], directories: Sequence[str]
) -> dict[str, tuple[bytes, int]]:
    """Return the outputs of a format: path -> bytes and mode."""
    import jinja2  # only who renders needs it

    _refuse_missing(directories)
    environment = jinja2.Environment(
        loader=jinja2.FunctionLoader(partial(_source, directories)),
        undefined=jinja2.StrictUndefined,
        keep_trailing_newline=True,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=False,  # noqa: S701 - no HTML; each format has its own filter
    )
    environment.filters.update(
        spec=spec_text, sh=shell_word, roff=roff_text, yaml=yaml_text, control=control_text
    )
    environment.filters["for_lua"] = for_lua
    outputs = {}
    for name in _templates(form, directories):
        try:
            template = environment.get_template(f"{form}/{name}")
            for path, more in _targets(name, values):
                text = template.render({**values, **more})
                if text.strip():
                    mode = 0o755 if path in _EXECUTABLE else 0o644
                    outputs[path] = (_tidied(text).encode("utf-8", "surrogateescape"), mode)
        except UntrustedError:
            raise
        except Exception as error:
            raise _fault(f"{form}/{name}", directories, error) from None
    return dict(sorted(outputs.items()))


def _source(directories: Sequence[str], name: str) -> tuple[str, str, None] | None:
    """Return a template's text and its file, from the first directory that has it.

    What stands beside our own code is believed as that is; as root, other templates only where
    nobody else can write them: they may compute.
    """
    for directory in directories:
        path = os.path.abspath(os.path.join(directory, name))
        try:
            if directory == shipped_directory("packaging-templates"):
                content = read_bounded(path, LIMIT)
            else:
                content = read_steering("/", path, LIMIT)
        except FileReadError as error:
            if error.is_missing:
                continue
            raise
        return content.decode(), path, None
    return None


def _refuse_missing(directories: Sequence[str]) -> None:
    """Refuse a directory of the user's own that is not there."""
    for directory in directories:
        if directory != SYSTEM_TEMPLATES and not os.path.isdir(directory):
            raise TemplateError(
                f"{directory} is no directory of templates",
                hint="it has templates by the paths that packaging-templates has",
            )


def _fault(name: str, directories: Sequence[str], error: Exception) -> TemplateError:
    """Return what is wrong with a template, with the file and the line."""
    places = (os.path.join(directory, name) for directory in directories)
    place = next((each for each in places if os.path.exists(each)), name)
    steps = traceback.extract_tb(error.__traceback__)
    line = getattr(error, "lineno", None)
    place = getattr(error, "filename", None) or place
    for step in steps:
        if step.filename.startswith(tuple(f"{each}/" for each in directories)):
            place, line = step.filename, step.lineno
    where = f"{place}:{line}" if line else place
    return TemplateError(
        f"{where}: this template cannot be filled in",
        detail=f"{type(error).__name__}: {error}",
        hint="`distrorocks scaffold --plan` prints the fields that a template may use",
    )


def spec_text(text: str) -> str:
    """Return a text in which RPM finds no macro.

    RPM looks for sections and conditions after it took ``%%`` for a per cent sign, so a first word
    that begins with one is quoted.
    """
    return _FIRST_WORD.sub(r'\1"\2"', text).replace("%", "%%")


def control_text(text: str) -> str:
    """Return a text in which dpkg-gencontrol finds no substitution variable."""
    return text.replace("${", "${}{")


def shell_word(text: str) -> str:
    """Return a text as one word of the shell, whatever is in it."""
    if _SHELL_SAFE.fullmatch(text):
        return text
    return "'" + text.replace("'", "'\\''") + "'"


def roff_text(text: str) -> str:
    """Return a text in which troff finds no request and no escape."""
    return re.sub(r"^([.'])", r"\\&\1", text.replace("\\", "\\e").replace("-", "\\-"))


def yaml_text(text: str) -> str:
    """Return a text as one YAML scalar."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _templates(form: str, directories: Sequence[str]) -> list[str]:
    """Return the paths of a format's templates, of all directories."""
    names = set()
    for directory in directories:
        base = os.path.join(directory, form)
        for folder, _, files in os.walk(base):
            names |= {os.path.relpath(os.path.join(folder, file), base) for file in files}
    return sorted(name for name in names if not name.endswith(("~", ".md")))


def _targets(name: str, values: Mapping[str, Value]) -> list[tuple[str, dict[str, Any]]]:
    """Return the outputs of one template, with what it sees besides the plan."""
    found = _KEY.search(name)
    if not found:
        return [(name, {})]
    for key in _KEY.findall(name):
        if key not in values:
            raise LookupError(f"the plan has no field {key}")
    value = values[found[1]]
    items = value if isinstance(value, tuple) else (str(value),)
    paths = []
    for item in items:
        if not item or "/" in item or item.startswith("."):
            continue
        rest = _KEY.sub(lambda other: str(values[other[1]]), name[found.end() :])
        paths.append((name[: found.start()] + item + rest, {"item": item}))
    return paths


def _tidied(text: str) -> str:
    """Return a text without blanks at ends of lines, ended by one line break."""
    lines = [line.rstrip() for line in text.split("\n")]
    return "\n".join(lines).strip("\n") + "\n"
