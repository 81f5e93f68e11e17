"""Find and render packaging templates.

The path of a template is that of its output. ``[key]`` in it is replaced by the value of a field;
if that is a list, there is one output for each item, which the template gets as ``item``. An empty
output is not written.
"""

from __future__ import annotations

import os
import re
import traceback
from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial
from typing import TYPE_CHECKING, Any

from distrorocks.errors import DistrorocksError
from distrorocks.families.rpm.versions import for_lua
from distrorocks.packaging.plan.field import Value
from distrorocks.system.files.bounded_file import FileReadError, read_bounded
from distrorocks.system.files.cache import signature
from distrorocks.system.files.shipped_files import shipped_directory
from distrorocks.system.files.trust import UntrustedError, read_steering

if TYPE_CHECKING:
    import jinja2

SYSTEM_TEMPLATES = "/etc/distrorocks/packaging-templates"
LIMIT = 1024 * 1024
_KEY = re.compile(r"\[([a-z_]+)\]")
_SHELL_SAFE = re.compile(r"[A-Za-z0-9@%+=:,./_-]+")
_UNSAFE_QUOTED = re.compile(r"[$`\\\"!\n]")
_ONE_PROGRAM = re.compile(r"""(?:lua|prove|busted)(?:[ ]+(?:[^\s"'$`;&|<>()]+|"\$\([\w -]+\)"))*""")
_SUBSHELL = re.compile(r"\([^()]*\)")
_FIRST_WORD = re.compile(r"^(\s*)(%\S*)")
_EXECUTABLE = (
    "debian/rules",
    "debian/place-rock",
    "debian/tests/require-modules",
    "debian/tests/upstream",
)


class TemplateError(DistrorocksError):
    """A template cannot be read or rendered; the brief names it."""


def search_path(own: Sequence[str] = ()) -> tuple[str, ...]:
    """Return the directories of templates, in order of precedence."""
    return (*own, SYSTEM_TEMPLATES, shipped_directory("packaging-templates"))


def render(
    form: str, values: Mapping[str, Value], directories: Sequence[str]
) -> dict[str, tuple[bytes, int]]:
    """Return the outputs of a format: path -> bytes and mode."""
    _refuse_missing(directories)
    environment = _environment(tuple(directories))
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


@cache
def _environment(directories: tuple[str, ...]) -> jinja2.Environment:
    """Return Jinja's environment for some directories, with the templates that it has compiled.

    Compiling them takes longer than the rest of a rock's packaging. A template is compiled again
    when its file changes, or another one comes before it.
    """
    import jinja2  # needed for rendering only

    environment = jinja2.Environment(
        loader=jinja2.FunctionLoader(partial(_source, directories)),
        undefined=jinja2.StrictUndefined,
        keep_trailing_newline=True,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=False,  # noqa: S701 - no HTML; each format has its own filter
        cache_size=-1,
    )
    environment.filters.update(FILTERS)
    return environment


def _source(directories: Sequence[str], name: str) -> tuple[str, str, Callable[[], bool]] | None:
    """Return the text and path of a template, and whether they are still what they were.

    It is that of the first directory that has it.
    """
    places = [os.path.abspath(os.path.join(directory, name)) for directory in directories]
    state = [signature(place) for place in places]
    for directory, path in zip(directories, places, strict=True):
        try:
            content = _content(directory, path)
        except FileReadError as error:
            if error.is_missing:
                continue
            raise
        return content.decode(), path, lambda: state == [signature(place) for place in places]
    return None


def _content(directory: str, path: str) -> bytes:
    """Return the text of a template.

    Shipped templates are as trusted as our code. Others contain code, so root reads them only if
    nobody else can write them.
    """
    if directory == shipped_directory("packaging-templates"):
        return read_bounded(path, LIMIT)
    return read_steering("/", path, LIMIT)


def _refuse_missing(directories: Sequence[str]) -> None:
    """Refuse a directory of the user that does not exist."""
    for directory in directories:
        if directory != SYSTEM_TEMPLATES and not os.path.isdir(directory):
            raise TemplateError(
                f"{directory} is not a directory of templates",
                hint="it must have the layout of packaging-templates",
            )


def _fault(name: str, directories: Sequence[str], error: Exception) -> TemplateError:
    """Return the error of a template, with its file and line."""
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
        f"{where}: cannot render this template",
        detail=f"{type(error).__name__}: {error}",
        hint="`distrorocks scaffold --plan` prints the fields for templates",
    )


def spec_text(text: str) -> str:
    """Escape a text for a spec file, so that RPM expands no macro in it.

    RPM looks for sections and conditions after it replaced ``%%``, so a first word that begins with
    a per cent sign is quoted.
    """
    return _FIRST_WORD.sub(r'\1"\2"', text).replace("%", "%%")


def control_text(text: str) -> str:
    """Escape a text for debian/control, so that it contains no substitution variable."""
    return text.replace("${", "${}{")


def shell_word(text: str) -> str:
    """Quote a text as one word of the shell."""
    if _SHELL_SAFE.fullmatch(text):
        return text
    return "'" + text.replace("'", "'\\''") + "'"


def timed(commands: Sequence[str]) -> list[str]:
    """Return commands of tests that are ended: builds have to end, and some tests never do.

    Commands that stand alone are ended each by itself. Others are lines of one shell, in which what
    a line sets holds for the next, and which ends where one fails.
    """
    apart = [_alone(command) for command in commands]
    if not all(apart):
        apart = [f"sh -ec {shell_word(chr(10).join(commands))}"]
    return [f"timeout 600 {command}" for command in apart]


def _alone(command: str) -> str:
    """Return a command that needs no other one as one program runs it, "" for any else."""
    if _ONE_PROGRAM.fullmatch(command):
        return command
    return f"sh -ec {shell_word(command[1:-1])}" if _SUBSHELL.fullmatch(command) else ""


def versioned(text: str, version: str, written: str) -> str:
    """Return a text with ``written`` in place of a version that stands apart, as in ``foo-1.0``.

    Reviewers ask for it, since then the next release is one changed line.
    """
    apart = rf"(?<=[-_/v]){re.escape(version)}(?!\w|\.[0-9])" if version else r"\b\B"
    return re.sub(apart, lambda _: written, text)


def shell_versioned(text: str, version: str, before: str = "", after: str = "") -> str:
    """Quote a text as one word of the shell, with ``$pkgver`` for the version.

    ``before`` and ``after`` are what stands around it in the word, which may have variables.
    """
    if _UNSAFE_QUOTED.search(text):
        around = [f'"{part}"' if part else "" for part in (before, after)]
        return shell_word(text).join(around)
    inner = re.sub(r"\$\{pkgver\}(?!\w)", "$pkgver", versioned(text, version, "${pkgver}"))
    word = before + inner + after
    return f'"{word}"' if "$" in word else shell_word(word)


def roff_text(text: str) -> str:
    """Escape a text for troff."""
    return re.sub(r"^([.'])", r"\\&\1", text.replace("\\", "\\e").replace("-", "\\-"))


def yaml_text(text: str) -> str:
    """Quote a text as a YAML scalar."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _templates(form: str, directories: Sequence[str]) -> list[str]:
    """Return the paths of a format's templates in all directories."""
    names = set()
    for directory in directories:
        base = os.path.join(directory, form)
        for folder, _, files in os.walk(base):
            names |= {os.path.relpath(os.path.join(folder, file), base) for file in files}
    return sorted(name for name in names if not name.endswith(("~", ".md")))


def _targets(name: str, values: Mapping[str, Value]) -> list[tuple[str, dict[str, Any]]]:
    """Return the paths of a template's outputs, each with its variables beside the plan."""
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
    """Return a text without trailing whitespace, with one line break at its end."""
    lines = [line.rstrip() for line in text.split("\n")]
    return "\n".join(lines).strip("\n") + "\n"


FILTERS: Mapping[str, Callable[..., str | list[str]]] = {
    "control": control_text,
    "for_lua": for_lua,
    "roff": roff_text,
    "sh": shell_word,
    "sh_versioned": shell_versioned,
    "spec": spec_text,
    "timed": timed,
    "versioned": versioned,
    "yaml": yaml_text,
}
"""The filters of templates by name, beside Jinja's own."""
