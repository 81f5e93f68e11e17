"""What the build of a wheel makes first: manual pages and completion, below its ``share``."""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class ShareFiles(BuildHookInterface):
    """Adds the files that distrorocks makes from its own argument parsers."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Make the files; an editable installation has none."""
        if version == "editable":
            return
        sys.path.insert(0, self.root)
        from distrorocks.cli.share_files import write_share_files

        self.made = Path(mkdtemp(prefix="distrorocks-share-"))
        for path in write_share_files(str(self.made)):
            build_data["shared_data"][str(self.made / path)] = f"share/{path}"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:  # noqa: ARG002
        """Remove them: they are in the wheel now."""
        from shutil import rmtree

        if version != "editable":
            rmtree(self.made)
