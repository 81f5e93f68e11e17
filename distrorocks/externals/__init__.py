"""External dependencies of rocks: libraries, headers and programs."""
