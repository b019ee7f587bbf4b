"""How days and months are written as text: in ISO alone, because all else would be a guess.

Light, so that the command line can use it before anything is imported.
"""

import re

DAY = re.compile(r"\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])")
MONTH = re.compile(r"\d{4}-(?:0[1-9]|1[0-2])")
