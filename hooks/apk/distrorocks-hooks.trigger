#!/bin/sh
# apk runs this once, after all packages of a transaction, with the directories that were touched.
# The APKBUILD of the package that brings it says which, and that package depends on distrorocks:
# triggers="distrorocks-hooks.trigger=/usr/share/lua/*:/usr/lib/lua/*:/usr/lib/luarocks/rocks-*"

umask 022
timeout -k 10 300 /usr/bin/distrorocks refresh --hook </dev/null
exit 0
