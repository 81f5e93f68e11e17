"""What a tree has just now: its rocks, and which of their files are not where they belong."""

from __future__ import annotations

from typing import NamedTuple

from distrorocks.jobs.placed import Places, rock_files
from distrorocks.rocks.tree_index import INSTALLED
from distrorocks.system.files.root_path import RootView
from distrorocks.system.trees.manifest_reader import read_index
from distrorocks.trees.layout import Layout


class TreeState(NamedTuple):
    """``rocks`` are (name, version) pairs; ``missing`` are (name, version, module or command)."""

    rocks: frozenset[tuple[str, str]]
    missing: frozenset[tuple[str, str, str]]


def tree_state(root: str, layout: Layout) -> TreeState:
    """Return the state of a tree as its manifest and its rock_manifests tell it."""
    view = RootView(root)
    contents, _ = read_index(view, layout)
    places = Places(view, layout._replace(bin_dir=f"{layout.root.rstrip('/')}/bin"))
    rocks: set[tuple[str, str]] = set()
    missing: set[tuple[str, str, str]] = set()
    for rock in contents.every_rock:
        if rock.arch != INSTALLED:
            continue
        rocks.add((rock.name, rock.version))
        unread: list[str] = []
        for files in rock_files(places, rock, unread):
            missing.update((rock.name, rock.version, it.name) for it in files if not it.is_there)
        if unread:
            missing.add((rock.name, rock.version, "rock_manifest"))
    return TreeState(frozenset(rocks), frozenset(missing))
