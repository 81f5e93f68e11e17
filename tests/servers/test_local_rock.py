"""Rock files that the user names are read as LuaRocks reads them."""

from __future__ import annotations

from pathlib import Path

import pytest

from distrorocks.rocks.platform import UnsupportedPlatform
from distrorocks.servers.local_rock import read_local_rock
from distrorocks.system.lua.jail import Jail

FOR_WINDOWS = """package = "a"
version = "1.0-1"
source = { url = "file:///a.lua" }
supported_platforms = { "windows" }
dependencies = { "b" }
build = { type = "none" }
"""


def test_without_dependencies_platforms_do_not_count(tmp_path: Path) -> None:
    """LuaRocks asks for the platform when it fulfils dependencies, not with --deps-mode=none."""
    path = tmp_path / "a-1.0-1.rockspec"
    path.write_text(FOR_WINDOWS)
    with Jail() as jail:
        with pytest.raises(UnsupportedPlatform, match="does not support linux"):
            read_local_rock(str(path), jail, arch="linux-x86_64")
        rock = read_local_rock(str(path), jail, arch="linux-x86_64", has_needs=False)
    assert rock.needs == ()
    assert rock.rockspec.name == "a"
