"""The folders that distrorocks ships are found wherever it was installed from."""

from __future__ import annotations

from pathlib import Path

import pytest

from distrorocks.system.files.shipped_files import ShippedFilesError, shipped_directory

SHIPPED = ("hooks", "packaging-templates")


def installed(site: Path) -> Path:
    """Make the package folder of a fresh installation and return it."""
    package = site / "distrorocks"
    package.mkdir()
    return package


@pytest.mark.parametrize("name", SHIPPED)
def test_a_checkout_finds_what_stands_beside_the_package(name: str) -> None:
    """In this checkout each shipped folder is the one at its top, with its README."""
    found = Path(shipped_directory(name))
    assert found == Path(__file__).parent.parent / name
    assert (found / "README.md").is_file()


@pytest.mark.parametrize("name", SHIPPED)
def test_a_wheel_finds_what_it_carries(name: str, tmp_path: Path) -> None:
    """An installed wheel finds the folder that it carries inside the package."""
    package = installed(tmp_path)
    carried = package / "shipped" / name
    carried.mkdir(parents=True)
    assert shipped_directory(name, package=str(package)) == str(carried)


def test_a_wheel_takes_nothing_from_its_neighbours(tmp_path: Path) -> None:
    """A folder of that name among other installed packages is not ours, so it is not taken."""
    package = installed(tmp_path)
    (tmp_path / "hooks").mkdir()
    with pytest.raises(ShippedFilesError) as caught:
        shipped_directory("hooks", package=str(package))
    assert caught.value.brief == "distrorocks was installed without its directory hooks"
    assert str(tmp_path / "hooks") in caught.value.detail
    assert caught.value.hint


def test_a_file_of_that_name_is_not_a_folder(tmp_path: Path) -> None:
    """A plain file in the place of the folder does not count as the folder."""
    package = installed(tmp_path)
    (package / "shipped").mkdir()
    (package / "shipped" / "hooks").write_text("")
    with pytest.raises(ShippedFilesError):
        shipped_directory("hooks", package=str(package))
