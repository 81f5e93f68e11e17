"""Publish rocks on a server with an account, such as luarocks.org."""
