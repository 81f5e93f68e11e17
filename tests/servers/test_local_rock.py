"""Rock files that the user names are read as LuaRocks reads them."""

from __future__ import annotations

from pathlib import Path

import pytest

from distrorocks.rocks.platform import UnsupportedPlatform
from distrorocks.servers.local_rock import LocalRockError, read_local_rock
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


@pytest.mark.parametrize("name", ["a b", "a, b", "a >= 0 ,", ".a", "-a", "", "é", "a\nb"])
def test_a_name_that_no_rock_can_have_is_refused(tmp_path: Path, name: str) -> None:
    """The error names the file: the name would be read as a dependency, on other rocks."""
    path = tmp_path / f"{name}-1.0-1.rockspec"
    written = name.encode().decode("latin-1").replace("\n", "\\n")
    path.write_text(FOR_WINDOWS.replace('"a"', f'"{written}"'), encoding="latin-1")
    with Jail() as jail, pytest.raises(LocalRockError, match="is not a rock's name") as caught:
        read_local_rock(str(path), jail, arch="linux-x86_64", has_needs=False)
    assert "-1.0-1.rockspec: package: '" in caught.value.brief
    assert "letters, digits" in caught.value.hint
