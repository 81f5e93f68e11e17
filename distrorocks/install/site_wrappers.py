"""What the wrappers of commands are made from at a site: for installing, removing and purging."""

from __future__ import annotations

from distrorocks.externals.settings import configured_variables
from distrorocks.install.deploy.wrapper import WrapperSettings
from distrorocks.luarocks.config_file import DIRECTORY
from distrorocks.world.site import Site


def wrapper_settings(site: Site) -> WrapperSettings:
    """Return what the wrappers of commands are made from."""
    configuration = site.installed.configuration
    lua = configured_variables(configuration.table).get("LUA")
    directory = configuration.table.get("sysconfdir")
    wraps = configuration.own.get("wrap_bin_scripts")
    return WrapperSettings(
        f"lua{site.installed.lua_version}" if lua is None else lua,
        directory if isinstance(directory, str) else DIRECTORY,
        tuple(site.layouts),
        wraps if isinstance(wraps, bool) else None,
    )
