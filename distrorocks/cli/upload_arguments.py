"""What ``add`` and ``remove --server`` share: the server to change, and the report."""

from __future__ import annotations

import argparse

from distrorocks.cli.arguments import usage_checked, working_directory
from distrorocks.cli.report import print_json, print_line, print_message, warn
from distrorocks.exit_status import DONE
from distrorocks.values import TYPE_CHECKING

if TYPE_CHECKING:
    from distrorocks.serve.folder.change import Changed
    from distrorocks.serve.folder.remote_copy import RemoteCopy
    from distrorocks.serve.folder.upload_server import LocalFolder
    from distrorocks.system.lua.jail import Jail


def add_upload(parser: argparse.ArgumentParser) -> None:
    """Declare how a server on another machine is changed."""
    parser.add_argument(
        "--no-refresh",
        action="store_true",
        help="with a server on another machine: do not bring our copy of it up to date first",
    )


def server_to_change(options: argparse.Namespace, jail: Jail) -> LocalFolder | RemoteCopy:
    """Return the folder, or the copy of a server on another machine, that is to be changed."""
    from distrorocks.luarocks.project import own_configuration
    from distrorocks.serve.folder.remote_copy import RemoteCopy
    from distrorocks.serve.folder.upload_server import LocalFolder, upload_server

    config = own_configuration("/", "", jail).sound()
    with usage_checked():
        found = upload_server(options.server, config.table, above=working_directory())
    if isinstance(found, LocalFolder):
        return found
    return RemoteCopy(found, print_message, is_fresh=not options.no_refresh)


def remove_from_server(options: argparse.Namespace) -> int:
    """Remove files from the server that ``--server`` names."""
    from distrorocks.serve.folder.change import remove_from_folder
    from distrorocks.serve.folder.remote_copy import RemoteCopy
    from distrorocks.system.lua.jail import Jail

    with Jail() as jail:
        server = server_to_change(options, jail)
    if isinstance(server, RemoteCopy):
        changed = server.remove(options.rocks)
    else:
        changed = remove_from_folder(server.path, options.rocks)
    return report(changed, "Removed", is_json=False)


def report(changed: Changed, what: str, *, is_json: bool) -> int:
    """Report the files added or removed, and what of the server is not listed."""
    published = changed.published
    if is_json:
        unlisted = [each._asdict() for each in published.unlisted]
        answer = {what.lower(): changed.names, "unlisted": unlisted, "rocks": published.rocks}
        print_json({**answer, "warnings": list(changed.warnings)})
        return DONE
    for text in changed.warnings:
        warn(text)
    for name, why in published.unlisted:
        warn(f"{published.directory}/{name}: {why}")
    for name in changed.names:
        print_line(f"{what}: {name}")
    return DONE
