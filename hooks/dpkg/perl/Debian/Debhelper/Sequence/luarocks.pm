# debhelper sequence: packages carry their rock (dh-sequence-luarocks, or dh --with luarocks).

use warnings;
use strict;
use Debian::Debhelper::Dh_Lib;

# After dh_strip, whose work changes digests, and before what writes the control file.
insert_before('dh_gencontrol', 'dh_luarocks');
# Samples are to be run as they are; but dh_compress would leave out the page of a command x.lua too.
add_command_options('dh_compress', '-X.lua') if !glob('debian/*.lua.[1-9]');

1;
