"""``distrorocks upload``: publish a rock on luarocks.org, or a server like it."""

from __future__ import annotations

import argparse

from distrorocks.cli.arguments import add_json, working_directory
from distrorocks.cli.report import print_json, print_line, print_message, warn
from distrorocks.errors import UsageError
from distrorocks.exit_status import DONE
from distrorocks.rocks.quotation import plain
from distrorocks.values import TYPE_CHECKING

if TYPE_CHECKING:
    from distrorocks.config.configuration import Configuration
    from distrorocks.serve.upload.key_file import KeptKey
    from distrorocks.serve.upload.upload import Parcel
    from distrorocks.servers.account import Account


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments, which are those of LuaRocks."""
    parser.add_argument("rockspec", metavar="ROCKSPEC", help="rockspec of the rock")
    parser.add_argument(
        "--skip-pack", action="store_true", help="send no rock of sources, only the rockspec"
    )
    parser.add_argument(
        "--api-key", metavar="KEY", default="", help="key of your account; it is kept for later"
    )
    parser.add_argument(
        "--temp-key", metavar="KEY", default="", help="key for this run only; it is not kept"
    )
    parser.add_argument(
        "--server",
        metavar="SERVER",
        default="",
        help="server to publish on (default: luarocks.org)",
    )
    parser.add_argument(
        "--force", action="store_true", help="replace the same version, if the server has it"
    )
    parser.add_argument("--sign", action="store_true", help="send signatures made by gpg, too")
    parser.add_argument(
        "--dry-run", action="store_true", help="say what would be sent, and send nothing"
    )
    add_json(parser)


def run(options: argparse.Namespace) -> int:
    """Send the files, and name the rock's page."""
    from distrorocks.luarocks.project import own_configuration
    from distrorocks.serve.upload.key_file import key_path, read_key
    from distrorocks.serve.upload.upload import Sending, parcel, send
    from distrorocks.system.lua.jail import Jail

    if options.api_key and options.temp_key:
        raise UsageError("--api-key and --temp-key exclude each other", hint="pass one of them")
    with Jail() as jail:
        config = own_configuration("/", "", jail).sound()
    path = key_path(config)
    kept = read_key(path)
    server = options.server or kept.server or _usual_server(config)
    sending = Sending(
        options.rockspec, working_directory(), not options.skip_pack, options.sign, options.force
    )
    if options.dry_run:
        return _print_plan(parcel(sending), server, as_json=options.json)
    account = _account(options, server, path, kept)
    progress = (lambda _: None) if options.json else print_message
    sent = send(account, parcel(sending), sending, progress)
    if options.json:
        print_json({**sent._asdict(), "server": server})
        return DONE
    for text in sent.warnings:
        warn(text)
    print_line(f"Done: {sent.page}")
    return DONE


def _usual_server(config: Configuration) -> str:
    """Return the server that the configuration's table ``upload`` names."""
    usual = config.table.get("upload")
    return str(usual.get("server") or "") if isinstance(usual, dict) else ""


def _account(options: argparse.Namespace, server: str, path: str, kept: KeptKey) -> Account:
    """Return the account to publish with; a new key is kept in ``path`` if the server knows it."""
    from distrorocks.serve.upload.key_file import KeptKey, is_open, write_key
    from distrorocks.servers.account import Account

    key = options.temp_key or options.api_key or kept.key_for(server)
    if not key:
        raise UsageError(
            "uploading needs the key of an account",
            hint=f"make one at {plain(server)}/settings, and pass it with --api-key KEY",
        )
    account = Account(server, key)
    if options.api_key:
        account.get("status")
        write_key(path, KeptKey(key, server, kept.others))
    elif not options.temp_key and is_open(path):
        warn(f"other users may read your key: run `chmod 600 {path}`")
    return account


def _print_plan(files: Parcel, server: str, *, as_json: bool) -> int:
    """Print what would be sent; the rock is packed, to know that it can be."""
    if as_json:
        print_json({"server": server, "would_send": list(files.files)})
        return DONE
    print_line(f"would send to {plain(server)}: {files.rockspec.name} {files.rockspec.version}")
    for each in (*files.first, *files.second):
        print_line(f"  {each.name} ({len(each.content)} bytes)")
    return DONE
