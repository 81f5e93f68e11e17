"""Packaging templates: where they stand, which outputs they make, and their filling in.

A template's path is its output's path. A part ``[key]`` of it stands for the plan's value; where
that is a list, each of its items makes an output of its own, and the template sees it as ``item``.
A template that leaves nothing but blanks makes no file.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from typing import Any

from distrorocks.distro.rpm import for_lua
from distrorocks.errors import DistrorocksError
from distrorocks.packaging.field import Value
from distrorocks.system.files.shipped_files import shipped_directory

SYSTEM_TEMPLATES = "/etc/distrorocks/packaging-templates"
_KEY = re.compile(r"\[([a-z_]+)\]")
_SHELL_SAFE = re.compile(r"[A-Za-z0-9@%+=:,./_-]+")
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

    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(list(directories)),
        undefined=jinja2.StrictUndefined,
        keep_trailing_newline=True,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=False,  # noqa: S701 - no HTML; each format has its own filter
    )
    environment.filters.update(spec=spec_text, sh=shell_word, roff=roff_text, yaml=yaml_text)
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
        except jinja2.TemplateError as error:
            raise TemplateError(
                f"the template {form}/{name} cannot be filled in",
                detail=str(error),
                hint="templates are looked for in " + ", ".join(directories),
            ) from None
    return dict(sorted(outputs.items()))


def spec_text(text: str) -> str:
    """Return a text in which RPM finds no macro."""
    return text.replace("%", "%%")


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
    value = values.get(found[1], "")
    items = value if isinstance(value, tuple) else (str(value),)
    paths = []
    for item in items:
        if not item or "/" in item or item.startswith("."):
            continue
        rest = _KEY.sub(lambda other: str(values.get(other[1], "")), name[found.end() :])
        paths.append((name[: found.start()] + item + rest, {"item": item}))
    return paths


def _tidied(text: str) -> str:
    """Return a text without blanks at ends of lines, ended by one line break."""
    lines = [line.rstrip() for line in text.split("\n")]
    return "\n".join(lines).strip("\n") + "\n"
