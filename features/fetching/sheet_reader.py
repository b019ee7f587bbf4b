"""Read one sheet of a workbook from standard input; a process of its own, run by its path.

Damaged workbooks can make the reader ask for more memory than there is, which ends the whole
process. Nothing of tradeshock is imported, so that it starts fast.
"""

import io
import json
import sys
from datetime import date, time, timedelta

MOST_MEMORY = 2_000_000_000
MOST_CELLS = 5_000_000
BROKEN, MISSING = 3, 4


def limit_memory() -> None:
    """Let the system refuse more memory, where it can."""
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def plain(cell: object) -> object:
    """Cell as JSON can hold it: dates as a list of their text."""
    if isinstance(cell, date):
        return [cell.isoformat()]
    return str(cell) if isinstance(cell, time | timedelta) else cell


def main() -> int:
    """Write the rows of the first sheet that goes by one of the given names."""
    limit_memory()
    import python_calamine

    try:
        book = python_calamine.load_workbook(io.BytesIO(sys.stdin.buffer.read()))
        called = {name.strip().casefold(): name for name in book.sheet_names}
        names = [name.strip().casefold() for name in sys.argv[1:]]
        wanted = [called[name] for name in names if name in called]
        if not wanted:
            json.dump(book.sheet_names[:9], sys.stdout)
            return MISSING
        sheet = book.get_sheet_by_name(wanted[0])
        if sheet.total_height * sheet.total_width > MOST_CELLS:
            return BROKEN
        rows = sheet.to_python(skip_empty_area=False)
    except (python_calamine.CalamineError, OSError, ValueError, OverflowError, MemoryError):
        return BROKEN
    json.dump([[plain(cell) for cell in row] for row in rows], sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main())
