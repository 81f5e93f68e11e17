# debhelper sequence: packages carry their rock (dh-sequence-luarocks, or dh --with luarocks).

use warnings;
use strict;
use Debian::Debhelper::Dh_Lib;

# After dh_strip, whose work changes digests, and before what writes the control file.
insert_before('dh_gencontrol', 'dh_luarocks');
add_command_options('dh_compress', '-X.lua');

1;
