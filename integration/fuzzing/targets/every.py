"""All targets by name."""

from __future__ import annotations

from integration.fuzzing.target import Target
from integration.fuzzing.targets.archives import ARCHIVE_TARGETS
from integration.fuzzing.targets.binaries import BINARY_TARGETS
from integration.fuzzing.targets.commands import COMMAND_TARGETS
from integration.fuzzing.targets.databases import DATABASE_TARGETS
from integration.fuzzing.targets.fetched_sources import FETCHED_TARGETS
from integration.fuzzing.targets.indexes import INDEX_TARGETS
from integration.fuzzing.targets.lua_texts import LUA_TARGETS
from integration.fuzzing.targets.packages import PACKAGE_TARGETS
from integration.fuzzing.targets.packaging import PACKAGING_TARGETS
from integration.fuzzing.targets.records import RECORD_TARGETS
from integration.fuzzing.targets.rocks import ROCK_TARGETS
from integration.fuzzing.targets.server_folders import SERVER_FOLDER_TARGETS
from integration.fuzzing.targets.servers import SERVER_TARGETS
from integration.fuzzing.targets.sources import SOURCE_TARGETS

TARGETS: dict[str, Target] = {
    target.name: target
    for target in (
        *COMMAND_TARGETS,
        *SERVER_TARGETS,
        *SERVER_FOLDER_TARGETS,
        *ARCHIVE_TARGETS,
        *LUA_TARGETS,
        *ROCK_TARGETS,
        *RECORD_TARGETS,
        *PACKAGE_TARGETS,
        *INDEX_TARGETS,
        *DATABASE_TARGETS,
        *PACKAGING_TARGETS,
        *SOURCE_TARGETS,
        *FETCHED_TARGETS,
        *BINARY_TARGETS,
    )
}
