"""``distrorocks add``: add files to a rocks server, like luarocks-admin add."""

from __future__ import annotations

import argparse

from distrorocks.cli.arguments import add_json
from distrorocks.cli.upload_arguments import add_upload, report, server_to_change


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments, which are those of luarocks-admin."""
    parser.add_argument(
        "files", nargs="+", metavar="FILE", help="rock file (.rock) or rockspec to add"
    )
    parser.add_argument(
        "--server",
        metavar="SERVER",
        default="",
        help="server to change: a folder, a name in upload_servers, or an address such as "
        "rsync://USER@HOST/PATH (default: upload_server of the configuration)",
    )
    add_upload(parser)
    parser.add_argument(
        "--index", action="store_true", help="accepted for compatibility; a page is always made"
    )
    parser.add_argument(
        "--sign",
        action="store_true",
        help="also add a signature of each file (FILE.asc) by gpg's default key",
    )
    add_json(parser)


def run(options: argparse.Namespace) -> int:
    """Add the files; nothing is added if one of them is no valid rock."""
    from distrorocks.serve.folder.change import add_to_folder, read_new_files, signatures_of
    from distrorocks.serve.folder.remote_copy import RemoteCopy
    from distrorocks.system.lua.jail import Jail

    with Jail() as jail:
        files = read_new_files(options.files, jail)
        files += signatures_of(files, options.files, is_made=options.sign)
        server = server_to_change(options, jail)
    if isinstance(server, RemoteCopy):
        changed = server.add(files)
    else:
        changed = add_to_folder(server.path, files)
    return report(changed, "Added", is_json=options.json)
