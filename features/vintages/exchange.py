"""A store as a folder of readable files, one an answer, which two machines can merge."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd

from tradeshock.features.errors import PanelError, StoredFileError
from tradeshock.features.vintages.answer import Answer
from tradeshock.features.vintages.history import History
from tradeshock.features.vintages.kept import Kept

MOMENT = "%Y-%m-%dT%H:%M:%SZ"
HEAD = ("source", "seen", "sha256", "raw", "note", "covers")


def export_answers(history: History, folder: Path) -> int:
    """Write each answer as a CSV with its source and moment on top; return how many were new.

    A file's name says when and who, and by its hash which answer it is: what is there already is
    left as it is, so a folder may take the answers of several machines.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written = 0
    for kept in history.answers:
        sha256 = kept.sha256(history.names).hex()
        moment = datetime.fromtimestamp(kept.seen, UTC)
        path = folder / f"{moment:%Y-%m-%dT%H%M%SZ}-{kept.source}-{sha256[:12]}.csv"
        if not path.exists():
            draft = path.with_suffix(".draft")
            draft.write_text(_text(kept, history.names, sha256), encoding="utf-8", newline="")
            draft.replace(path)
            written += 1
    return written


def read_answers(folder: Path) -> History:
    """Read the answers of a folder that `export_answers` wrote.

    Raises
    ------
    StoredFileError
        If there is none, or a file is not as it was written.
    """
    files = sorted(folder.glob("*.csv"))
    if not files:
        raise StoredFileError(f"{folder} has no exported answers; give a folder of data export")
    names: dict[int, str] = {}
    numbers: dict[str, int] = {}
    return History.of(names, [_read(file, names, numbers) for file in files])


def _text(kept: Kept, names: Mapping[int, str], sha256: str) -> str:
    head = {
        "source": kept.source,
        "seen": datetime.fromtimestamp(kept.seen, UTC).strftime(MOMENT),
        "sha256": sha256,
        "raw": kept.raw_hash,
        "note": kept.note,
        "covers": json.dumps([names[n] for n in kept.covered.tolist()], ensure_ascii=False),
    }
    text = io.StringIO(newline="")
    text.writelines(f"# {name}: {head[name]}\n" for name in HEAD)
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(["series", "day" if kept.daily else "month", "value"])
    times = kept.periods.astype("datetime64[D]" if kept.daily else "datetime64[M]").astype(str)
    cells = zip(kept.series.tolist(), times.tolist(), kept.values.tolist(), strict=True)
    # The shortest text that reads as the same number; nothing where a figure was withdrawn.
    rows.writerows([names[n], time, "" if v != v else repr(v)] for n, time, v in cells)
    return text.getvalue()


def _read(file: Path, names: dict[int, str], numbers: dict[str, int]) -> Kept:
    """Read a file; series that were not met before get a number."""
    try:
        with file.open(encoding="utf-8", newline="") as lines:
            tops = [next(lines) for _ in HEAD]
            head = {
                name: top.rstrip("\n").removeprefix(f"# {name}: ")
                for name, top in zip(HEAD, tops, strict=True)
            }
            columns, *rows = csv.reader(lines)
        covers = json.loads(head["covers"])
        figures = pd.DataFrame(
            {
                "series": np.array([id for id, _, _ in rows], dtype=object),
                columns[1]: [time for _, time, _ in rows],
                "value": [float(value or "nan") for _, _, value in rows],
            }
        )
        moment = datetime.strptime(head["seen"], MOMENT).replace(tzinfo=UTC)
        answer = Answer(head["source"], moment, figures, head["raw"], head["note"])
    except (OSError, StopIteration, ValueError, IndexError, TypeError, PanelError) as error:
        raise StoredFileError(
            f"{file.name} is no answer that data export wrote ({error}); nothing was stored; take "
            "it out of the folder, or give a sheet of your own with data add"
        ) from error
    for id in [*covers, *answer.figures["series"]]:
        number = numbers.setdefault(id, len(numbers) + 1)
        names[number] = id
    kept = Kept.from_answer(answer, numbers)
    kept = kept.covering(np.array([numbers[id] for id in covers], dtype=np.int16))
    if kept.sha256(names).hex() != head["sha256"]:
        raise StoredFileError(
            f"{file.name} was changed after it was exported; nothing was stored; give figures of "
            "your own with data add"
        )
    return kept
