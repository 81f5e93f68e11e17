"""Licences' words for the tests, as short as they may be."""

MIT = """Copyright (c) 2019-2021 Ada Example <ada@example.org>

Permission is hereby granted, free of charge, to any person obtaining a copy of
this software and associated documentation files (the "Software"), to deal in
the Software without restriction, including without limitation the rights to
use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies.

The above copyright notice and this permission notice shall be included in all
copies or substantial portions of the Software.
"""
BSD2 = """Copyright 2010 Bob Example. All rights reserved.

Redistribution and use in source and binary forms, with or without modification,
are permitted provided that the following conditions are met:
1. Redistributions of source code must retain the above copyright notice.
2. Redistributions in binary form must reproduce the above copyright notice.
"""
BSD3 = f"""{BSD2}3. Neither the name of Bob nor the names of its contributors may be used to
endorse or promote products derived from this software.
"""
BSD4 = f"""{BSD2}3. All advertising materials mentioning features or use of this software must
display this acknowledgement.
4. The name may not be used to endorse or promote products.
"""
ISC = """Permission to use, copy, modify, and/or distribute this software for any purpose
with or without fee is hereby granted, provided that the above copyright notice
and this permission notice appear in all copies.
"""
ZLIB = """In no event will the authors be held liable for any damages arising from its use.
Permission is granted to anyone.
2. Altered source versions must be plainly marked as such.
"""
GPL3_TEXT = """                    GNU GENERAL PUBLIC LICENSE
                       Version 3, 29 June 2007
 ... either version 3 of the License, or (at your option) any later version.
"""
GPL2_TEXT = "GNU GENERAL PUBLIC LICENSE\nVersion 2, June 1991\n"
LGPL3_TEXT = "GNU LESSER GENERAL PUBLIC LICENSE\nVersion 3, 29 June 2007\n"
GPL2_LATER = """This program is free software; you can redistribute it and/or modify it under the
terms of the GNU General Public License as published by the Free Software
Foundation; either version 2 of the License, or (at your option) any later version.
"""
GPL2_ONLY = "This is released under the GNU General Public License, version 2.\n"
APACHE_NOTICE = """Licensed under the Apache License, Version 2.0 (the "License"); you may not use
this file except in compliance with the License.
"""


def commented(text: str, mark: str = "-- ") -> str:
    """Return a text as comment lines."""
    return "".join(f"{mark}{line}".rstrip() + "\n" for line in text.splitlines())
