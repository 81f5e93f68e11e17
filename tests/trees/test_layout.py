"""The paths of a tree."""

from __future__ import annotations

from distrorocks.trees.layout import distro_layout, tree_layout


def test_a_tree_has_luarocks_own_directories() -> None:
    """Below the root stand share/lua, lib/lua, bin and the rocks of one Lua version."""
    layout = tree_layout("/usr/local/", "5.4")
    assert layout[1:] == (
        "/usr/local",
        "5.4",
        "/usr/local/share/lua/5.4",
        "/usr/local/lib/lua/5.4",
        "/usr/local/bin",
        "/usr/local/lib/luarocks/rocks-5.4",
    )
    assert layout.lock == "/usr/local/lockfile.lfs"


def test_an_entry_of_rocks_trees_can_name_its_own_directories() -> None:
    """Those it names are taken, the others follow from the root."""
    layout = tree_layout("/opt", "5.1", lib_dir="/opt/lib64/lua/5.1/", rocks_dir="/var/rocks")
    assert (layout.lib_dir, layout.rocks_dir) == ("/opt/lib64/lua/5.1", "/var/rocks")
    assert layout.lua_dir == "/opt/share/lua/5.1"


def test_slashes_at_the_end_of_a_directory_are_left_out() -> None:
    """Nothing else is, whatever its name ends in."""
    names = {each: f"/opt/{each}/XX" for each in ("lua_dir", "lib_dir", "bin_dir", "rocks_dir")}
    slashed = {each: f"{path}//" for each, path in names.items()}
    found = tree_layout("/opt/XX/", "5.4", **slashed)
    assert found == tree_layout("/opt/XX", "5.4", **names)
    assert (found.root, found.bin_dir, found.lua_dir) == (
        "/opt/XX",
        *map(names.get, ("bin_dir", "lua_dir")),
    )
    assert (found.lib_dir, found.rocks_dir) == (names["lib_dir"], names["rocks_dir"])


def test_debian_and_fedora_keep_c_modules_elsewhere() -> None:
    """The multiarch triplet and lib64 come into lib_dir, and nowhere else."""
    debian = distro_layout("5.3", library_dir="lib/x86_64-linux-gnu")
    assert debian.lib_dir == "/usr/lib/x86_64-linux-gnu/lua/5.3"
    assert distro_layout("5.3", library_dir="lib64").lib_dir == "/usr/lib64/lua/5.3"
    assert debian.rocks_dir == "/usr/lib/luarocks/rocks-5.3"


def test_a_rock_has_its_files_in_a_directory_of_its_own() -> None:
    """rock_manifest and rockspec stand below name and version."""
    layout = tree_layout("/", "5.4")
    assert layout.root == "/"
    assert layout.rock_manifest("a", "1-1") == "/lib/luarocks/rocks-5.4/a/1-1/rock_manifest"
    assert layout.rockspec("a", "1-1").endswith("/a/1-1/a-1-1.rockspec")


def test_a_modules_file_is_below_one_of_two_directories() -> None:
    """A directory whose name only begins alike is another; what is elsewhere is below neither."""
    layout = tree_layout("/usr/local", "5.4")
    assert layout.below_modules("/usr/local/share/lua/5.4/a/b.lua") == "a/b.lua"
    assert layout.below_modules("/usr/local/lib/lua/5.4/a.so") == "a.so"
    for other in ("/usr/local/share/lua/5.40/a.lua", "/usr/local/lib/lua/5.4", "/a.lua", ""):
        assert layout.below_modules(other) == ""
