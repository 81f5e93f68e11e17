"""The words that can follow ``distrorocks``: a file each, imported when it is named."""

SUMMARIES = {
    "adopt": "show the smallest patch by which a Debian source package carries its rock",
    "check": "find unsatisfied, shadowed, cyclic and duplicate rocks (exit status 1: unsatisfied)",
    "check-require": "require each module of staged files or of an installed package",
    "config": (
        "print LuaRocks' configuration as all its files make it, ask for a key, or change one"
    ),
    "config-snippet": "print, or put in place, the configuration by which LuaRocks sees the rocks",
    "doctor": (
        "tell why LuaRocks does not see packages' modules, and the fix (exit status 1: problems)"
    ),
    "external-deps": (
        "check the libraries, headers and programs that rocks need from outside LuaRocks"
    ),
    "install": "install rocks and what they need, planned before and undone if anything fails",
    "lint": "check rockspecs as luarocks lint does, and say every fault and doubt at once",
    "list": "list the rocks of all trees, for every Lua version that has any",
    "lua-versions": "print which of the Lua versions a rockspec is for",
    "make-manifest": "write the manifest of a rocks tree or of a rocks server's directory",
    "outdated": "list the rocks of all trees that servers or the distribution have newer",
    "plan": "show what installing rocks would come to: what is kept, installed, left to packages",
    "refresh": "write rock metadata for the Lua modules that packages installed",
    "remove": "remove rocks from a tree, unless rocks of any tree need them",
    "rpm-relations": "print the rpm capabilities of rocks, for rpm's generators and macros",
    "scaffold": "write a rock's packaging: debian/, a spec file, PKGBUILD or APKBUILD",
    "scan": "tell which rocks the installed packages are, with the evidence",
    "search": "search for rocks on servers, in the distribution and in the trees",
    "show": "show an installed rock: description, files, dependencies, package",
    "stage": "give a package's staged files (DESTDIR) their rockspec and rock_manifest",
    "verify": "check trees against rock_manifests, packages and ledger (exit status 1: findings)",
    "which": "tell which rock or package a module comes from, for every Lua version",
    "why": "tell who needs a rock, in which tree, and what else would satisfy them",
}
