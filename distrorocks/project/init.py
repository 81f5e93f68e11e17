"""Set up a working directory as a project: rockspec, configuration, tree, and wrapper scripts."""

from __future__ import annotations

import posixpath

from distrorocks.errors import DistrorocksError, UsageError
from distrorocks.externals.settings import configured_variables
from distrorocks.lua.value import to_text
from distrorocks.luarocks.config_file import DIRECTORY
from distrorocks.luarocks.program import likely_words
from distrorocks.project.identity import UNRELEASED, identity
from distrorocks.project.observe import observe
from distrorocks.project.project_files import (
    NAMES,
    Choice,
    Present,
    ProjectFile,
    Setup,
    project_files,
)
from distrorocks.project.template import Told, template
from distrorocks.rocks.quotation import plain
from distrorocks.system.files.beneath import BlockedError
from distrorocks.system.files.bounded_file import FileReadError
from distrorocks.system.files.named_folder import NamedFolder
from distrorocks.system.lua.jail import Jail
from distrorocks.trees.layout import tree_layout
from distrorocks.trees.target import Wish
from distrorocks.values import NamedTuple
from distrorocks.world.site import SiteRequest, site

_LIMIT = 1024 * 1024
_BEGINNING = 1000


class Initialized(NamedTuple):
    """What was done: the Lua version, the files written, what is kept, and fields to fill in."""

    lua_version: str
    written: tuple[str, ...]
    kept: tuple[str, ...]
    rockspec: str
    gaps: tuple[str, ...]


def initialize(
    name: str,
    version: str,
    told: Told,
    request: SiteRequest,
    choice: Choice,
    *,
    here: str,
    path: str,
) -> Initialized:
    """Set up the project in the directory ``here``; everything is decided before it is written.

    ``path`` is where LuaRocks is looked for. A rockspec is written only if there is none.
    """
    if not name and here == "/":
        raise UsageError("the top directory has no name for a project", hint="pass NAME")
    setup = _setup(request, here, path)
    with NamedFolder(here) as folder:
        present = _present(folder, setup.lua_version, choice)
        rockspecs = [each for each in folder.names("") if each.endswith(".rockspec")]
    decided = project_files(here, setup, choice, present)
    files, kept = list(decided.files), decided.kept
    gaps: tuple[str, ...] = ()
    if rockspecs:
        rockspec = rockspecs[0]
        kept = (f"{plain(rockspec)} is the rockspec", *kept)
    else:
        words = (name or posixpath.basename(here), version or told.tag or UNRELEASED, ".")
        rock = identity(words, tag="", here=here)
        made = template(rock, told, observe(here))
        gaps, rockspec = made.gaps, rock.file_name
        files.insert(0, ProjectFile(f"{here}/{rock.file_name}", made.text))
    _write(files, here, setup.lua_version)
    written = tuple(_shown(each.path, here) for each in files)
    return Initialized(setup.lua_version, written, kept, rockspec, gaps)


def _setup(request: SiteRequest, here: str, path: str) -> Setup:
    """Return what the project is set up for; the configuration of a project does not count."""
    with Jail() as jail:
        found = site(request._replace(wish=Wish(), has_project=False), jail).installed
    version = found.lua_version
    own = tree_layout(f"{here.rstrip('/')}/lua_modules", version, name="project")
    listed = [each.layout for each in found.trees if each.tree.is_listed]
    directory = found.config.get("sysconfdir")
    return Setup(
        version,
        configured_variables(found.config),
        likely_words(version, path),
        [own, *(each for each in listed if each.root != own.root)],
        directory if isinstance(directory, str) else DIRECTORY,
    )


def _present(folder: NamedFolder, lua_version: str, choice: Choice) -> Present:
    """Return what a project's directory has already."""
    config = f"/.luarocks/config-{lua_version}.lua"
    wrappers: dict[str, str | None] = dict.fromkeys(NAMES)
    try:
        with NamedFolder(choice.wrapper_dir) as scripts:
            wrappers = {name: _beginning(scripts, f"/{name}") for name in NAMES}
    except FileReadError as error:
        if not error.is_missing:
            raise
    return Present(
        _beginning(folder, "/.gitignore", whole=True),
        folder.status_inside(config) is not None,
        wrappers,
    )


def _beginning(folder: NamedFolder, path: str, *, whole: bool = False) -> str | None:
    """Return the text of a file, None if there is none; "" stands for what is no small file."""
    if folder.status_inside(path) is None:
        return None
    try:
        text = to_text(folder.read(path, _LIMIT))
    except (FileReadError, BlockedError):
        if whole:
            raise
        return ""
    return text if whole else text[:_BEGINNING]


def _write(files: list[ProjectFile], here: str, lua_version: str) -> None:
    """Write all files, and make the empty tree."""
    try:
        with NamedFolder(here) as folder:
            folder.make_directories("/.luarocks")
            folder.make_directories(f"/lua_modules/lib/luarocks/rocks-{lua_version}")
            prefix = f"{here.rstrip('/')}/"
            for path, content, mode in files:
                if path.startswith(prefix):
                    inner = f"/{path.removeprefix(prefix)}"
                    folder.make_directories(posixpath.dirname(inner))
                    folder.write(inner, content, mode)
                else:
                    above, name = posixpath.split(path)
                    with NamedFolder(above) as other:
                        other.write(f"/{name}", content, mode)
    except OSError as error:
        raise DistrorocksError(
            f"cannot set up {plain(here)}: {error.strerror}",
            hint="what was written stays; run it again when this is mended",
        ) from None


def _shown(path: str, here: str) -> str:
    return path.removeprefix(f"{here.rstrip('/')}/")
