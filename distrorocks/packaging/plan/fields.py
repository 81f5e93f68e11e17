"""The table of all fields that a packaging plan can have.

The typed class of plans, the check of ``distrorocks.toml``, ``--explain`` and
``docs/packaging-fields.md`` are made from it. What a template may use is what its format has here.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from distrorocks.packaging.plan.field import Field, FieldDefinition, Value, flag, text, texts
from distrorocks.packaging.plan.history_fields import HistoryFields

_DEB = ("deb",)
_SPEC = ("fedora", "opensuse")
_SHELL = ("arch", "alpine")
_HELPED = ("deb", "fedora")
_LOADED = (*_HELPED, *_SHELL)

_NOT_BLANK = r"\S"
_ADDRESS = r"^(|(https?|ftp)://\S+)$"
_FOLDER = r"^([A-Za-z0-9_@+.~-]+(/[A-Za-z0-9_@+.~-]+)*)?$"
_PACKAGE = r"^[a-z0-9][a-z0-9+.-]+$"
_VERSION = r"^[0-9][A-Za-z0-9.+~]*$"


class Fields(HistoryFields):
    """The fields of a plan: on the class their definitions, on a plan their values."""

    fields: Mapping[str, Field]

    # The rock
    rock = text("name of the rock", "rockspec: package", is_settable=False)
    rock_version = text("version and revision of the rock", "rockspec: version", is_settable=False)
    rockspec_name = text(
        "file name of the rockspec", "rockspec: package and version", is_settable=False
    )
    build_type = text("build type of the rockspec", "rockspec: build.type", is_settable=False)
    is_compiled = flag("whether the build compiles C", "the sources")
    c_flags = texts("flags of the compiler beside those of the distribution", "the sources in C")
    modules = texts("Lua modules that the package installs", "rockspec: build")
    unloadable = texts(
        "modules that the check does not load, each with the reason after a blank",
        "the sources and the dependencies",
    )
    loadable = texts("modules that the check loads", "modules and unloadable", formats=_LOADED)
    prebuilt = texts("files compiled elsewhere, which the build removes first", "the sources")
    bundled = texts("works of others in the sources that the build uses", "rockspec: build")
    commands = texts("commands that the package installs", "rockspec: build.install.bin")
    usages = texts(
        "lines in which commands tell their use, each after the command's name and a blank",
        "the sources of the commands",
    )
    installed_headers = texts("headers that the package installs", "rockspec: build")

    # The package
    target = text("release that the packaging is for, empty for any", "--release")
    helper = text(
        "what the package is built with",
        "--helper; by default dh-luarocks and luarocks-rpm-macros",
        formats=_HELPED,
        pattern=r"^(dh-luarocks|luarocks-rpm-macros|plain|dh-lua)$",
    )
    dh_lua_confs = texts(
        "names of dh-lua's conf files",
        "lua_versions and the modules in C",
        formats=_DEB,
        pattern=r"^lua5\.[1-9](\.[A-Za-z0-9_.+-]+)?$",
        may_be_empty=True,
    )
    dh_lua_lines = texts(
        "lines of dh-lua's conf files, each after their name without lua5.x, - for none",
        "rockspec: build",
        formats=_DEB,
        may_be_empty=True,
    )
    rock_files = texts(
        "files and folders that dh-lua leaves to the packaging, each with its place in the rock",
        "rockspec: build.install and build.copy_directories",
        formats=_DEB,
        pattern=r"^[A-Za-z0-9_@+.,~/-]+ [A-Za-z0-9_@+.,~/-]+$",
        may_be_empty=True,
    )
    package = text("name of the package", "modules, map or naming rule", pattern=_PACKAGE)
    is_packaged = flag(
        "whether the distribution has the package", "as for package", is_settable=False
    )
    packaged_version = text(
        "version that the distribution has, if known", "indexes of this system", is_settable=False
    )
    name_sources = texts(
        "tables and indexes that package names come from",
        "indexes of this system, shipped tables",
        is_settable=False,
    )
    version = text("upstream version", "rockspec: version", pattern=_VERSION)
    shell_version = text(
        "upstream version as pacman and apk order it",
        "version",
        formats=_SHELL,
        pattern=r"^[A-Za-z0-9._]+$",
    )
    release = text("revision of the packaging", "a first package", pattern=_VERSION)
    lua_versions = texts(
        "Lua versions that the package is for",
        "dependencies, distribution and code",
        pattern=r"^5\.[1-9]$",
    )
    lua_packages = texts(
        "names of the package for each Lua version",
        "lua_versions, as the distribution names them",
        formats=_SHELL,
    )
    interpreters = texts(
        "packages of the Lua interpreters",
        "lua_versions, as the distribution names them",
        formats=_SHELL,
    )
    stem = text(
        "name of the package without lua-",
        "package",
        formats=_SPEC,
        pattern=r"^[a-z0-9][a-z0-9+._-]*$",
    )
    section = text(
        "section of the archive",
        "Debian's section of Lua modules",
        formats=_DEB,
        pattern=r"^[a-z0-9/-]+$",
    )
    architecture = text(
        "architecture of the binary package",
        "is_compiled",
        formats=_DEB,
        pattern=r"^(all|any)$",
    )
    multi_arch = text(
        "Multi-Arch of the binary package",
        "is_compiled, commands, and whether it depends on others",
        formats=_DEB,
        pattern=r"^(|same|foreign|allowed)$",
    )
    is_noarch = flag("whether the package is for all architectures", "is_compiled", formats=_SPEC)
    standards_version = text("version of Debian Policy", "the templates", formats=_DEB)

    # Description and documents
    summary = text("one-line description", "rockspec: description.summary", pattern=_NOT_BLANK)
    description = texts("lines of the description", "rockspec: description.detailed")
    description_lines = texts(
        "description in the form of a control field", "description", formats=_DEB
    )
    documents = texts("documentation files", "the sources")
    doc_folders = texts("folders of documentation that the build leaves out", "the sources")
    example_folders = texts("folders of examples that the build leaves out", "the sources")
    doc_files = texts("documents that the packaging lists", "documents", formats=(*_DEB, *_SPEC))
    source_overrides = texts(
        "lintian overrides of the source package", "HTML pages of the sources", formats=_DEB
    )

    # Licence
    license = text("licence as an SPDX expression", "rockspec and sources", pattern=_NOT_BLANK)
    license_tag = text("License tag of the spec file", "license", formats=_SPEC, pattern=_NOT_BLANK)
    license_evidence = texts(
        "licences found in the sources, by place", "the sources", is_settable=False
    )
    license_files = texts("files with the text of the licence", "the sources")
    copyright = texts("copyright holders", "copyright lines of the sources")
    copyright_lines = texts("lines of debian/copyright", "license", formats=_DEB)

    # Upstream
    homepage = text("web page of the project", "rockspec: description.homepage", pattern=_ADDRESS)
    url = text("homepage, or an address of upstream that is gone", "homepage", formats=_SHELL)
    source_address = text("address of the sources' archive", "rockspec: source")
    source_place = text("source_address, if copyright files can hold it", "rockspec: source")
    source_file = text("file name of the sources' archive", "rockspec: source")
    source_directory = text("top directory of the archive", "rockspec: source")
    build_directory = text(
        "directory below the top in which the rock is built",
        "rockspec: source.dir",
        pattern=_FOLDER,
    )
    has_autotools = flag(
        "whether debhelper must not regenerate configure",
        "the sources",
        formats=_DEB,
    )
    repository = text("address of the repository for programs", "rockspec: source")
    repository_page = text("web page of the repository", "rockspec: source")
    issues = text("web page of the issue tracker", "rockspec: source")
    watch = texts("lines of debian/watch", "source_address and repository_page", formats=_DEB)

    # Dependencies
    requires = texts("packages of the rocks that it depends on", "rockspec: dependencies")
    requires_missing = texts(
        "dependencies that the distribution lacks", "rockspec: dependencies", is_settable=False
    )
    test_only = texts(
        "rocks that only tests need, which the rockspec beside the packaging does not name",
        "rockspec: dependencies, and the code",
    )
    undeclared = texts(
        "packages in requires whose modules the code needs and the rockspec does not name",
        "the sources",
    )
    requires_by_lua = texts(
        "dependencies of the package for each Lua version",
        "requires and external_requires",
        formats=_SHELL,
    )
    build_requires = texts(
        "packages of the rocks that the build depends on", "rockspec: build_dependencies"
    )
    build_requires_missing = texts(
        "build dependencies that the distribution lacks",
        "rockspec: build_dependencies",
        is_settable=False,
    )
    build_variables = texts(
        "variables that LuaRocks is given at the build, for headers in folders of their own",
        "rockspec: external_dependencies",
    )
    external_requires = texts(
        "packages of libraries and programs", "rockspec: external_dependencies"
    )
    build_depends = texts(
        "Build-Depends of the source package",
        "lua_versions and the dependencies of the rockspec",
        formats=_DEB,
    )
    build_needs = texts(
        "packages that the build depends on",
        "the dependencies of the rockspec",
        formats=(*_SPEC, *_SHELL),
    )
    check_needs = texts(
        "packages that the check depends on, which loads all modules",
        "rockspec: dependencies",
        formats=(*_SPEC, *_SHELL),
    )
    upstream_tests = texts(
        "commands that run upstream's tests in the build directory, where `lua` is each Lua",
        "the rockspec and the sources",
    )
    upstream_tests_must_pass = flag(
        "whether a package whose upstream's tests fail is not built", "nobody has seen them pass"
    )
    upstream_tests_luas = texts(
        "Lua versions that upstream's tests are run with", "lua_versions and the tests"
    )
    upstream_tests_without = texts(
        "files that the tests do not see: those of installed modules, and compiled ones",
        "the sources",
    )
    upstream_tests_requires = texts(
        "packages that only upstream's tests depend on",
        "rockspec: test_dependencies, and the tests",
    )
    upstream_tests_depends = texts(
        "Depends of the autopkgtest that runs upstream's tests",
        "upstream_tests_luas and upstream_tests_requires",
        formats=_DEB,
    )
    test_depends = texts("Depends of the autopkgtest", "lua_versions", formats=_DEB)
    left_out = texts(
        "modules that a needed package has, each with it after a blank; they are left to it",
        "lists of files",
        formats=_DEB,
    )
    conflicts = texts("packages that have modules of the same names", "lists of files")
    depends = texts("Depends of the binary package", "dh_luarocks generates most", formats=_DEB)
    provides = texts(
        "what the package provides, in spec files for each Lua version",
        "generated from the rockspec, or written out",
        formats=_HELPED,
    )

    @property
    def values(self) -> dict[str, Value]:
        """The values by key, as templates see them."""
        return {key: field.value for key, field in self.fields.items()}


DEFINITIONS: Mapping[
    str, FieldDefinition[str] | FieldDefinition[tuple[str, ...]] | FieldDefinition[bool]
] = MappingProxyType(
    {
        key: each
        for owner in (Fields, HistoryFields)
        for key, each in vars(owner).items()
        if isinstance(each, FieldDefinition)
    }
)


def settable_keys() -> tuple[str, ...]:
    """Return the keys that ``distrorocks.toml`` may set, sorted."""
    return tuple(sorted(key for key, each in DEFINITIONS.items() if each.is_settable))
