"""The manifest of a rocks server for one Lua version, in whichever form the server has it.

JSON is the quickest, then Lua in a zip, then Lua. As LuaRocks, a server's plain ``manifest`` is
not taken: it says nothing of Lua versions. Nothing in a manifest is run.
"""

from __future__ import annotations

from distrorocks.errors import DistrorocksError
from distrorocks.servers.address import Address
from distrorocks.servers.configured import Mirrors
from distrorocks.servers.manifest_text import shelf_of
from distrorocks.servers.shelf import Shelf
from distrorocks.system.files.zip_member import read_member
from distrorocks.system.servers.error import ServerError
from distrorocks.system.servers.files import MANIFEST_LIMIT, ServerFiles, Wanted

_MOST_NOISE = 20
"""Public servers have some names that nobody can ask for; one in so many is worth a word."""
_ENDINGS = (".json", ".zip", "")


class StockedServer:
    """The mirror of a server that answered, with what its manifest says."""

    __slots__ = ("address", "shelf")

    def __init__(self, address: Address, shelf: Shelf) -> None:
        self.address = address
        self.shelf = shelf


def read_mirrors(
    files: ServerFiles, mirrors: Mirrors, lua_version: str, namespace: str | None = None
) -> StockedServer:
    """Return the first mirror that answers; raise the first one's ``ServerError`` if none does.

    The address is that of the server itself: a namespace has manifests of its own, its files lie
    there too.
    """
    faults: list[ServerError] = []
    for mirror in mirrors:
        address = mirror.of_namespace(namespace) if namespace else mirror
        try:
            return StockedServer(address, read_shelf(files, address, lua_version))
        except ServerError as error:
            faults.append(error)
    raise faults[0]


def read_shelf(files: ServerFiles, server: Address, lua_version: str) -> Shelf:
    """Return what a server has for one Lua version, or raise ``ServerError``."""
    name = f"manifest-{lua_version}"
    faults: list[ServerError] = []
    for ending in _ENDINGS:
        wanted = Wanted(server, name + ending, MANIFEST_LIMIT, False, may_be_missing=bool(ending))
        try:
            content = files.content(wanted)
        except ServerError as error:
            if not error.is_missing:
                raise
            if not ending:
                faults.append(_missing(server, name, error))
            continue
        try:
            shelf = _shelf(content, name, ending)
        except DistrorocksError as error:
            files.discard(wanted)
            faults.append(_refused(server, name + ending, error))
            continue
        for fault in faults:
            files.warn(f"{fault.brief}; {name + ending} is taken instead")
        if shelf.left_out * _MOST_NOISE > len(shelf.rocks):
            files.warn(f"{server}/{name + ending}: {shelf.left_out} entries make no sense")
        return shelf
    raise faults[0]


def _shelf(content: bytes, name: str, ending: str) -> Shelf:
    """Return what a manifest in one of the forms says."""
    if ending == ".zip":
        content = read_member(content, name, MANIFEST_LIMIT)
    return shelf_of(content, is_json=ending == ".json")


def _refused(server: Address, name: str, error: DistrorocksError) -> ServerError:
    return ServerError(
        f"{server}/{name} cannot be used: {error.brief}",
        hint=error.hint or "tell who runs the server, or name another with --server",
    )


def _missing(server: Address, name: str, error: ServerError) -> ServerError:
    hint = "see whether it is the address of a rocks server"
    if server.is_local:
        hint = f"`distrorocks make-manifest {server}` makes it"
    return ServerError(
        f"the rocks server {server} has no {name}: {error.brief}", hint=hint, is_missing=True
    )
