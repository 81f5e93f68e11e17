"""The Debian packages that real rocks need to be built: C libraries and the tools of their builds.

Those that a suite does not have are left out of its root, with a word.
"""

_LIBRARIES = """
firebird-dev freeglut3-dev libapr1-dev libaprutil1-dev libblas-dev libbz2-dev libcdb-dev
libcurl4-openssl-dev libdbus-1-dev libenet-dev libespeak-dev libevent-dev libexpat1-dev
libfcgi-dev libfftw3-dev libfuse-dev libgdbm-dev libgeoip-dev libgl-dev libglu1-mesa-dev
libgmp-dev libgnutls28-dev libgraphviz-dev libgtk2.0-dev libhdf5-dev libhiredis-dev
libimlib2-dev liblapack-dev libmariadb-dev libmariadb-dev-compat libmarkdown2-dev libmpfr-dev
libncurses-dev libonig-dev libpcap-dev libpcre3-dev libpq-dev libprotobuf-c-dev libreadline-dev
libsdl2-dev libsnappy-dev libsodium-dev libsqlite3-dev libssl-dev libsvn-dev
libtokyocabinet-dev libtre-dev libtree-sitter-dev libuv1-dev libx11-dev libxml2-dev
libxtst-dev libyajl-dev libyaml-dev libzmq3-dev libzzip-dev tcl-dev tk-dev unixodbc-dev
uuid-dev zlib1g-dev
"""
_TOOLS = "bison cmake file flex git help2man pkg-config ragel re2c"
LIBRARIES = (*_LIBRARIES.split(), *_TOOLS.split())
