"""LuaRocks' effective configuration on a system: all files in order, over the defaults.

``read_configuration`` returns the merged table, with the files, the origin of each value, and
warnings.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping

from distrorocks.config.configuration import Circumstances, Configuration, Place, Places, joined
from distrorocks.config.draft import LIVE_NAME, NO_SETTING, Draft, begun, finished, with_file
from distrorocks.config.layers import DETECTED, Layered, laid_over
from distrorocks.errors import DistrorocksError
from distrorocks.lua.read import NotLiteral, script
from distrorocks.lua.value import LuaTable, sequence, to_bytes
from distrorocks.luarocks.config_file import (
    DIRECTORY,
    ConfigFile,
    environment,
    home,
    parsed,
    read_config,
)
from distrorocks.luarocks.host_cpu import host_cpu, multiarch
from distrorocks.patterns import regex
from distrorocks.system.files.root_path import RootView
from distrorocks.system.lua.jail import Jail
from distrorocks.system.lua.program import (
    find_headers,
    find_library,
    find_program,
    find_program_at,
)
from distrorocks.values import NamedTuple

__all__ = ["Configuration", "home", "read_configuration"]

_OTHER_TABLE = regex(rb"\bvariables\s*=[^=]")
_SAME_TABLE = regex(rb"\bvariables\s*[.\[]")
PATH = "/usr/local/bin:/usr/bin:/bin"


class _Step(NamedTuple):
    """A file to read; ``variable`` is the environment variable that names it, or ""."""

    scope: str
    path: str
    directory: str = ""
    variable: str = ""


def read_configuration(
    root: str,
    lua_version: str,
    jail: Jail,
    *,
    project: str | None = None,
    assignments: Mapping[str, str] | None = None,
) -> Configuration:
    """Return the configuration for one Lua version.

    ``project`` is the project directory, or None. ``assignments`` are variables from the command
    line. A file that cannot be read is ignored with a warning; ``sound()`` raises instead. The
    environment is used only for the running system, not for another root. Never raise.
    """
    facts = circumstances(root, lua_version, project)
    state = _State(begun(facts))
    _read(root, _system_step(facts), state, jail)
    for step in _user_steps(facts, state.draft):
        _read(root, step, state, jail)
        if state.places["user"].is_found:
            break
    if project is not None:
        _read(root, _Step("project", joined(project, ".luarocks", _name(facts))), state, jail)
    places = Places(**state.places, user_directory=state.user_directory)
    found = finished(state.draft, places, assignments=assignments)
    return _with_lua(found, RootView(root))._replace(faults=tuple(state.faults))


class _State:
    """The state of reading."""

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self.faults: list[DistrorocksError] = []
        self.places: dict[str, Place] = {}
        self.user_directory = ""

    def warn(self, text: str) -> None:
        """Record a warning."""
        self.draft = self.draft._replace(warnings=(*self.draft.warnings, text))


def _read(root: str, step: _Step, state: _State, jail: Jail) -> None:
    """Merge one file over the previous ones, or record why it is ignored."""
    sandbox = state.draft.sandbox()
    if not step.path:
        state.warn(f"{step.variable} is not the name of a file")
        state.places[step.scope] = Place()
        return
    file = read_config(root, step.path, state.draft.facts.lua_version, known=sandbox)
    if file.text is not None and (isinstance(file.fault, NotLiteral) or _mixes(file)):
        file = _evaluated(file, sandbox, state.draft.facts.environ, jail)
    if file.chunk:
        state.draft = with_file(state.draft, step.path, file.chunk.globals)
    elif file.fault:
        state.warn(f"{file.fault.brief}; the file is ignored")
        state.faults.append(file.fault)
    elif step.variable:
        state.warn(f"{step.path}, which {step.variable} names, is not there")
    state.places[step.scope] = Place(step.path, bool(file.chunk or file.fault))
    if step.directory:
        state.user_directory = step.directory


def file_settings(path: str, text: bytes, lua_version: str, jail: Jail, *, root: str) -> LuaTable:
    """Return the settings of one file alone, read as if it were the first.

    Raise what the strict parser or the jail raises.
    """
    known = environment(root, lua_version)
    file = parsed(path, text, known)
    if isinstance(file.fault, NotLiteral):
        environ = os.environ if root == "/" else {"HOME": home(root)}
        file = _evaluated(file, known, environ, jail)
    if file.chunk is None:
        raise file.fault or DistrorocksError(f"cannot read {path}")
    left = file.chunk.globals
    settings = {key: value for key, value in left.items() if key not in NO_SETTING}
    return {key: value for key, value in settings.items() if value != known.get(key)}


def circumstances(root: str, lua_version: str, project: str | None = None) -> Circumstances:
    """Return the facts about a system that hold before any file is read."""
    is_here = root == "/"
    cpu = host_cpu(root)
    environ: Mapping[str, str] = dict(os.environ) if is_here else {"HOME": home(root)}
    program = find_program(RootView(root), lua_version, environ.get("PATH") or PATH)
    return Circumstances(
        lua_version=lua_version,
        home=home(root),
        environ=environ,
        cpu=cpu,
        multiarch=multiarch(root, cpu),
        lua=program,
        project_dir=project,
        is_superuser=not is_here or os.geteuid() == 0,
    )


def _absolute(path: str) -> str:
    """Return an absolute path; "" for an empty one, or without a working directory."""
    try:
        return os.path.abspath(path) if path else ""
    except OSError:
        return ""


def _name(facts: Circumstances) -> str:
    return f"config-{facts.lua_version}.lua"


def _system_step(facts: Circumstances) -> _Step:
    """Return the system's file."""
    directory = _absolute(facts.environ.get("LUAROCKS_SYSCONFDIR", "")) or DIRECTORY
    return _Step("system", joined(directory, _name(facts)))


def _user_steps(facts: Circumstances, draft: Draft) -> Iterator[_Step]:
    """Yield the user's files; the first that exists is read.

    The variable with the version hides the general one even if its file is missing. An empty
    XDG_CONFIG_HOME counts as unset: LuaRocks would read from the working directory.
    """
    for variable in (f"LUAROCKS_CONFIG_{facts.lua_version.replace('.', '_')}", "LUAROCKS_CONFIG"):
        if variable in facts.environ:
            path = facts.environ[variable]
            yield _Step("user", _absolute(path), variable=variable)
            break
    above = _absolute(facts.environ.get("XDG_CONFIG_HOME", "")) or joined(draft.home, ".config")
    for directory in (joined(above, "luarocks"), draft.home_tree):
        yield _Step("user", joined(directory, _name(facts)), directory)


def _mixes(file: ConfigFile) -> bool:
    """Return whether a literal file may change ``variables`` and then replace the table.

    LuaRocks uses both tables, and only an interpreter can distinguish them.
    """
    text = file.text or b""
    return bool(file.chunk and _OTHER_TABLE.search(text) and _SAME_TABLE.search(text))


def _evaluated(
    file: ConfigFile, sandbox: LuaTable, environ: Mapping[str, str], jail: Jail
) -> ConfigFile:
    """Run a file that is not literal in the jail, with the functions that LuaRocks provides.

    ``os_getenv`` reads the environment of this process; the jail's own is empty.
    """
    values = ",".join(f"[{_quoted(name)}]={_quoted(value)}" for name, value in environ.items())
    functions = to_bytes(
        f"do local known={{{values}}} os_getenv=function(name) return known[name] end end "
        f"dump_env=function() end {LIVE_NAME}=variables "
    )
    try:
        text = functions + script(file.text or b"")
        chunk = jail.evaluate(text, name=file.path, environment=sandbox)
    except DistrorocksError as error:
        return file if file.chunk else file._replace(fault=error)
    return file._replace(chunk=chunk, fault=None)


def _quoted(text: str) -> str:
    """Return a text as a Lua string with every byte as a decimal escape."""
    return '"' + "".join(f"\\{byte:03}" for byte in to_bytes(text)) + '"'


def _with_lua(found: Configuration, view: RootView) -> Configuration:
    """Add the variables for Lua's headers and library to a configuration."""
    variables = found.table["variables"]
    known = dict(variables) if isinstance(variables, dict) else {}
    prefix, version = known.get("LUA_DIR"), found.lua_version
    more: LuaTable = {}
    if not isinstance(prefix, str):
        return found
    if not known.get("LUA"):
        more.update(find_program_at(view, version, prefix))
    if not known.get("LUA_INCDIR"):
        headers = find_headers(view, prefix, version)
        more.update({"LUA_INCDIR": headers} if headers else {})
    directories = _library_directories(found.table, prefix)
    if isinstance(known.get("LUA_LIBDIR"), str):
        directories = [str(known["LUA_LIBDIR"])]
    patterns = _texts(found.table, "external_deps_patterns")
    directory, file = find_library(view, directories, patterns, version)
    if file:
        more.update(LUA_LIBDIR=directory, LUALIB=file)
    if not more:
        return found
    layered = laid_over(Layered(found.table, found.origins), {"variables": more}, DETECTED)
    return found._replace(table=layered.table, origins=layered.origins)


def _library_directories(table: LuaTable, prefix: str) -> list[str]:
    """Return the directories below a prefix where LuaRocks looks for libraries."""
    return [joined(prefix, below) for below in _texts(table, "external_deps_subdirs")]


def _texts(table: LuaTable, key: str) -> list[str]:
    """Return the ``lib`` entry of a table: a text or a list of texts."""
    kinds = table[key]
    value = kinds.get("lib") if isinstance(kinds, dict) else None
    values = sequence(value) if isinstance(value, dict) else [value]
    return [each for each in values if isinstance(each, str)]
