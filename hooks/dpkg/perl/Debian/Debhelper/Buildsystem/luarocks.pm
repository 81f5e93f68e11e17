package Debian::Debhelper::Buildsystem::luarocks;

# debhelper build system: luarocks builds the rock, once for each Lua, from a copy of its sources;
# in the folder that --sourcedirectory names, where it is not the top.

use warnings;
use strict;
use Cwd qw(getcwd);
use Debian::Debhelper::Dh_Lib;
use Debian::Debhelper::LuaRocks qw(luarocks_rockspec luarocks_lua_versions luarocks_settings);
use parent qw(Debian::Debhelper::Buildsystem);

my $PLACE = 'debian/.luarocks';

sub DESCRIPTION { 'LuaRocks (rockspec)' }

sub check_auto_buildable {
	my ($this) = @_;
	return luarocks_rockspec($dh{MAINPACKAGE} // $this->{package} // '') ? 1 : 0;
}

sub new {
	my ($class, @rest) = @_;
	my $this = $class->SUPER::new(@rest);
	$this->enforce_in_source_building();
	return $this;
}

sub build {
	my ($this) = @_;
	my ($package, $rockspec) = $this->_rock();
	my $here = getcwd();
	my $triplet = dpkg_architecture_value('DEB_HOST_MULTIARCH');
	my @variables = split(' ', luarocks_settings($package)->{'variables'} // '');
	for my $version (luarocks_lua_versions($package, $rockspec)) {
		my $source = "$PLACE/$version/source";
		install_dir($source);
		complex_doit("tar -cf - --exclude=./debian --exclude=./.pc . | tar -xf - -C $source");
		my $spec = $rockspec =~ m{^debian/} ? "$here/$rockspec" : "$here/$source/$rockspec";
		$this->_configuration($triplet);
		doit({
			chdir => $this->_built_in($source),
			update_env => {
				HOME => "$here/$PLACE/home",
				LUAROCKS_CONFIG => "$here/$PLACE/config.lua",
			},
		}, 'luarocks', "--lua-version=$version", "--tree=$here/$PLACE/$version/usr", 'make',
			'--deps-mode=none', '--no-manifest', $spec, "LUA_INCDIR=/usr/include/lua$version", @variables);
	}
}

sub install {
	my ($this, $destination) = @_;
	my ($package, $rockspec) = $this->_rock();
	install_dir($destination);
	for my $version (luarocks_lua_versions($package, $rockspec)) {
		complex_doit("cp -a $PLACE/$version/usr '$destination/'");
	}
	my $triplet = dpkg_architecture_value('DEB_HOST_MULTIARCH');
	my $rock_version = luarocks_settings($package)->{'rock-version'};
	doit('distrorocks', 'stage', $destination, '--rockspec', $rockspec, '--package', $package,
		'--package-version', $dh{VERSION}, '--library-dir', "lib/$triplet",
		'--documentation', "/usr/share/doc/$package",
		($rock_version ? ('--rock-version', $rock_version) : ()));
}

sub test {
	my ($this) = @_;
	my ($package, $rockspec) = $this->_rock();
	my @except = map { ('--except', $_) } split(/[\s,]+/, luarocks_settings($package)->{'no-require'} // '');
	for my $version (luarocks_lua_versions($package, $rockspec)) {
		doit('distrorocks', 'check-require', "$PLACE/$version", '--lua-version', $version, @except);
	}
}

sub clean {
	doit('rm', '-rf', $PLACE);
}

# The folder that the rock is built in, in a copy of the sources.
sub _built_in {
	my ($this, $source) = @_;
	my $folder = $this->get_sourcedir();
	return $folder eq '.' ? $source : "$source/$folder";
}

sub _rock {
	my $package = $dh{MAINPACKAGE};
	for my $candidate (getpackages()) {
		$package = $candidate if !($candidate =~ /-(?:dev|doc|dbg)$/) && luarocks_rockspec($candidate);
	}
	my $rockspec = luarocks_rockspec($package);
	error("no rockspec, or several: name one in debian/$package.luarocks (rockspec = FILE)") if !$rockspec;
	return ($package, $rockspec);
}

# LuaRocks' configuration for this build: the distribution's flags, and its places of libraries.
sub _configuration {
	my ($this, $triplet) = @_;
	my %variables = (
		CFLAGS => join(' ', map { $ENV{$_} // '' } qw(CPPFLAGS CFLAGS)) . ' -fPIC',
		# The C library is named even by a module that needs nothing but Lua: lintian asks for it.
		LIBFLAG => '-shared -Wl,--push-state,--no-as-needed -lc -Wl,--pop-state '
			. ($ENV{LDFLAGS} // ''),
	);
	if (is_cross_compiling()) {
		$variables{CC} = $variables{LD} = dpkg_architecture_value('DEB_HOST_GNU_TYPE') . '-gcc';
	}
	my $set = join('', map { "   $_ = [[$variables{$_}]],\n" } sort keys %variables);
	install_dir("$PLACE/home");
	open(my $handle, '>', "$PLACE/config.lua") or error("cannot write $PLACE/config.lua: $!");
	print {$handle} "variables = {\n$set}\nexternal_deps_dirs = { \"/usr\" }\n";
	print {$handle} "gcc_rpath = false\n"; # Policy 10.2: the loader knows where libraries are
	for my $when ('', 'runtime_') {
		print {$handle} "${when}external_deps_subdirs = { bin = \"bin\", ",
			"lib = { \"lib/$triplet\", \"lib\" }, include = { \"include\", \"include/$triplet\" } }\n";
	}
	close($handle) or error("cannot write $PLACE/config.lua: $!");
}

1;
