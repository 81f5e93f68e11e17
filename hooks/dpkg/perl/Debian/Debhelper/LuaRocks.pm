package Debian::Debhelper::LuaRocks;

# What the build system and dh_luarocks both ask of a source package: its rockspec, its Luas.

use warnings;
use strict;
use Debian::Debhelper::Dh_Lib;
use Exporter qw(import);

our @EXPORT_OK = qw(luarocks_settings luarocks_rockspec luarocks_lua_versions has_lua_modules);

# debian/PACKAGE.luarocks, or debian/luarocks: lines "name = value".
sub luarocks_settings {
	my ($package) = @_;
	my %settings;
	my $file = pkgfile($package, 'luarocks');
	return \%settings if !$file;
	open(my $handle, '<', $file) or error("cannot read $file: $!");
	while (my $line = <$handle>) {
		$line =~ s/\s*(?:#.*)?\s*\z//;
		next if $line eq '';
		my ($name, $value) = $line =~ /^\s*(rockspec|rock-version|lua-versions|no-require|skip|variables)\s*=\s*(.*)$/
			or error("$file:$.: write rockspec, rock-version, lua-versions, no-require, skip or variables = VALUE");
		$settings{$name} = $value;
	}
	close($handle);
	return \%settings;
}

# The rockspec of a binary package; '' where there is none or it is not told which.
sub luarocks_rockspec {
	my ($package) = @_;
	my $named = luarocks_settings($package)->{'rockspec'};
	if ($named) {
		error("debian/$package.luarocks names $named, which is not there") if !-f $named;
		return $named;
	}
	return "debian/$package.rockspec" if -f "debian/$package.rockspec";
	my $version = _upstream_version();
	my %of_others = map { ("debian/$_.rockspec" => 1) } getpackages();
	for my $pattern ('debian/*.rockspec', '*.rockspec', 'rockspecs/*.rockspec', 'rockspec/*.rockspec') {
		my @found = grep { !$of_others{$_} } sort glob($pattern);
		return $found[0] if @found == 1;
		my @fitting = grep { /-\Q$version\E-[0-9]+\.rockspec$/ } @found;
		@fitting = grep { /-(?:scm|dev|git|master)-[0-9]+\.rockspec$/ } @found if !@fitting;
		return $fitting[-1] if @fitting;
	}
	return '';
}

# The Lua versions of a package: of its settings, or of Build-Depends, or all that are installed;
# and of those the ones that the rockspec is for.
sub luarocks_lua_versions {
	my ($package, $rockspec) = @_;
	my $named = luarocks_settings($package)->{'lua-versions'};
	return split(/[\s,]+/, $named) if $named;
	my %wanted = map { $_ => 1 } _build_depends() =~ /\b(?:lib)?lua(5\.[1-9])\b/g;
	my @wanted = sort keys %wanted;
	@wanted = grep { -x "/usr/bin/lua$_" } map { "5.$_" } 1 .. 9 if !@wanted;
	my @words = ('distrorocks', 'lua-versions', $rockspec, map { ('--lua-version', $_) } @wanted);
	open(my $pipe, '-|', @words) or error("cannot run distrorocks: $!");
	my $line = <$pipe> // '';
	close($pipe);
	error("$rockspec is for none of Lua @wanted") if $? >> 8 == 1;
	error("distrorocks lua-versions could not read $rockspec") if $?;
	return split(' ', $line);
}

# Lua modules, or a rock without any that LuaRocks installed: of commands alone.
sub has_lua_modules {
	my ($folder) = @_;
	my @places = ('share/lua/5.*', 'lib/lua/5.*', 'lib/*/lua/5.*', 'lib/luarocks/rocks-5.*');
	return scalar(grep { -d } map { glob("$folder/usr/$_") } @places);
}

sub _upstream_version {
	my $version = isnative($dh{MAINPACKAGE}) ? $dh{VERSION} : ($dh{VERSION} =~ s/-[^-]*$//r);
	$version =~ s/^[0-9]+://;
	$version =~ s/[+~](?:dfsg|ds|repack).*$//;
	return $version;
}

sub _build_depends {
	open(my $handle, '<', 'debian/control') or error("cannot read debian/control: $!");
	my ($text, $in) = ('', 0);
	while (my $line = <$handle>) {
		last if $line =~ /^Package:/i;
		$in = $line =~ /^Build-Depends/i if $line =~ /^\S/;
		$text .= $line if $in;
	}
	close($handle);
	return $text;
}

1;
