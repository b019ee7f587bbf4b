"""The user's own figures: an append-only file of answers."""

from __future__ import annotations

import logging
import sqlite3
import warnings
import zlib
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from itertools import pairwise
from os import PathLike
from pathlib import Path

import numpy as np

from tradeshock.features.errors import StoredFileError, StoredFileWarning
from tradeshock.features.vintages.answer import Answer
from tradeshock.features.vintages.embedded import embedded_answers
from tradeshock.features.vintages.history import History
from tradeshock.features.vintages.home import store_path
from tradeshock.features.vintages.kept import Kept
from tradeshock.features.vintages.newest import Change, Newest

# Written into the file's head by SQLite: what it is, and how it is laid out.
APPLICATION, SCHEMA = 0x74726473, 1
WAIT_SECONDS = 30.0
LOG = logging.getLogger(__name__)
TABLES = (
    "CREATE TABLE series (number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE)",
    "CREATE TABLE answer (id INTEGER PRIMARY KEY, seen INTEGER NOT NULL, source TEXT NOT NULL, "
    "daily INTEGER NOT NULL, sha256 BLOB NOT NULL UNIQUE, raw_hash BLOB NOT NULL, "
    "note TEXT NOT NULL, covered BLOB NOT NULL, figures BLOB NOT NULL)",
)
COUNT = "SELECT count(*) FROM sqlite_master"
SELECT = (
    "SELECT id, seen, source, daily, sha256, raw_hash, note, covered, figures FROM answer "
    "WHERE id > ? ORDER BY id"
)
INSERT = (
    "INSERT OR IGNORE INTO answer (seen, source, daily, sha256, raw_hash, note, covered, figures) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
)


class Store:
    """Append-only file of answers: one row an answer, of which the changed figures are kept.

    The embedded snapshot and its vintages are the first answers; the file is made when the first
    one is appended. A writer that is killed leaves the file as it was before; several processes may
    read and write it at once.

    Parameters
    ----------
    path : path, optional
        Default: ``figures.sqlite`` in `home`.
    """

    def __init__(self, path: str | PathLike[str] | None = None) -> None:
        self.path = store_path() if path is None else Path(path)
        self._last = 0
        self._kept: list[Kept] = []
        self._names: dict[int, str] = {}
        self._newest = Newest()

    def __repr__(self) -> str:
        return f"Store({str(self.path)!r})"

    def exists(self) -> bool:
        """Whether there is a file."""
        return self.path.is_file()

    def append(self, answer: Answer) -> Change:
        """Keep what an answer says that was not known before.

        Returns
        -------
        Change
            How many figures were new, revised and withdrawn. Where nothing was, it is kept that
            the source was asked.

        Raises
        ------
        StoredFileError
            If the file cannot be written, is damaged, or was made by a newer version.
        """
        return self.extend([answer])[0]

    def extend(self, answers: Iterable[Answer]) -> list[Change]:
        """Keep several answers, all or none (see `append`)."""
        with self._writing() as connection:
            asked = list(answers)
            counts = [self._insert(connection, answer) for answer in asked]
        for answer, count in zip(asked, counts, strict=True):
            LOG.info("%s: %d new and %d revised figures", answer.source, count.new, count.revised)
        return counts

    def merge(self, history: History) -> int:
        """Keep the answers of another store that this one does not have; return how many.

        Raises
        ------
        StoredFileError
            As `append`.
        """
        with self._writing() as connection:
            numbers = self._numbers(connection, history.names.values())
            before = connection.total_changes
            for kept in history.answers:
                _write(connection, kept.renumbered(history.names, numbers), self._names)
            new = connection.total_changes - before
        LOG.info("%d of %d answers were new", new, len(history.answers))
        return new

    def history(self) -> History:
        """Return all that was seen, the package's own figures first.

        Warns
        -----
        StoredFileWarning
            Of an answer that is damaged, and left out.

        Raises
        ------
        StoredFileError
            If the file cannot be read, is damaged as a whole, or was made by a newer version.
        """
        if self.exists():
            with self._connected() as connection:
                self._read(connection)
        history = History.of(dict(self._names), self._kept)
        return history.with_answers(embedded_answers()) if self._outdated() else history

    # -- inside -------------------------------------------------------------------------------

    def _outdated(self) -> bool:
        """Whether the package's own figures are not there, or are newer than those there."""
        newest = int(embedded_answers()[-1].fetched.timestamp())
        source = embedded_answers()[-1].source
        return not any(kept.source == source and kept.seen >= newest for kept in self._kept)

    @contextmanager
    def _connected(self) -> Iterator[sqlite3.Connection]:
        """Open the file, whatever is wrong with it as a sentence."""
        try:
            # Isolation is ours: every write is one BEGIN IMMEDIATE.
            with closing(
                sqlite3.connect(self.path, timeout=WAIT_SECONDS, isolation_level=None)
            ) as connection:
                connection.execute("PRAGMA synchronous = FULL")
                self._check(connection)
                yield connection
        except sqlite3.Error as error:
            raise StoredFileError(self._explained(error)) from error

    def _check(self, connection: sqlite3.Connection) -> None:
        """Refuse what is no store, or a later one."""
        (schema,) = connection.execute("PRAGMA user_version").fetchone()
        (application,) = connection.execute("PRAGMA application_id").fetchone()
        (tables,) = connection.execute(COUNT).fetchone()
        if application != APPLICATION and tables:
            raise StoredFileError(
                f"{self.path} is a database of another program; move it, or set TRADESHOCK_HOME"
            )
        if schema > SCHEMA:
            raise StoredFileError(
                f"{self.path} has schema {schema}, written by a newer version of tradeshock; this "
                f"one reads up to {SCHEMA}; update tradeshock: the file is left as it is"
            )

    def _explained(self, error: sqlite3.Error) -> str:
        """Sentence of an error of SQLite."""
        text = str(error)
        if "locked" in text or "busy" in text:
            return (
                f"{self.path} has been in use by another program for {WAIT_SECONDS:.0f} s; "
                "nothing was stored, try again"
            )
        if "readonly" in text or "unable to open" in text:
            return (
                f"{self.path} cannot be written ({text}); give write permission, or set "
                "TRADESHOCK_HOME to a folder that has it; nothing was stored"
            )
        if "full" in text or "disk I/O" in text:
            return f"{self.path} could not be written ({text}); nothing was stored; free some space"
        return (
            f"{self.path} is damaged ({text}); rename it, and bring figures back with `tradeshock "
            "data import` from an export or from another machine"
        )

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction, in a file that has the package's own figures."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoredFileError(
                f"the folder {self.path.parent} cannot be made ({error}); set TRADESHOCK_HOME to "
                "one that can; nothing was stored"
            ) from error
        with self._connected() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                self._prepare(connection)
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                # What was taken into memory is not in the file.
                self._last, self._kept, self._names, self._newest = 0, [], {}, Newest()
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise

    def _prepare(self, connection: sqlite3.Connection) -> None:
        (tables,) = connection.execute(COUNT).fetchone()
        if not tables:
            for statement in TABLES:
                connection.execute(statement)
            connection.execute(f"PRAGMA application_id = {APPLICATION}")
            connection.execute(f"PRAGMA user_version = {SCHEMA}")
        self._read(connection)
        if self._outdated():
            for answer in embedded_answers():
                self._insert(connection, answer)

    def _insert(self, connection: sqlite3.Connection, answer: Answer) -> Change:
        numbers = self._numbers(connection, answer.figures["series"].unique())
        kept = Kept.from_answer(answer, numbers)
        newest = self._newest_by(kept.seen)
        changed, counts = newest.compare(kept)
        kept = kept.only(changed)
        if changed.any() or not self._asked(kept):
            _write(connection, kept, self._names)
            self._read(connection)
        return counts

    def _newest_by(self, seen: int) -> Newest:
        """Newest figures as they had been seen by a moment."""
        if not self._kept or seen >= max(kept.seen for kept in self._kept):
            return self._newest
        return _newest([kept for kept in self._kept if kept.seen <= seen])

    def _asked(self, kept: Kept) -> bool:
        """Whether the source was asked of the same on the same day: once is enough."""
        return any(
            other.source == kept.source
            and other.day == kept.day
            and np.isin(kept.covered, other.covered).all()
            for other in self._kept
        )

    def _numbers(self, connection: sqlite3.Connection, ids: Iterable[str]) -> dict[str, int]:
        """Numbers of series, new ones for those that have none."""
        connection.executemany(
            "INSERT OR IGNORE INTO series (id) VALUES (?)", [(str(id),) for id in ids]
        )
        self._names = dict(connection.execute("SELECT number, id FROM series"))
        return {id: number for number, id in self._names.items()}

    def _read(self, connection: sqlite3.Connection) -> None:
        """Take what others have appended since the last look."""
        (tables,) = connection.execute(COUNT).fetchone()
        rows = connection.execute(SELECT, [self._last]).fetchall() if tables else []
        if not rows:
            return
        self._names = dict(connection.execute("SELECT number, id FROM series"))
        fresh = [kept for row in rows if (kept := self._unpacked(row)) is not None]
        latest = max((kept.seen for kept in self._kept), default=0)
        in_order = all(a.seen <= b.seen for a, b in pairwise(fresh))
        self._last = rows[-1][0]
        self._kept = sorted([*self._kept, *fresh], key=lambda kept: kept.seen)
        if in_order and (not fresh or fresh[0].seen >= latest):
            for kept in fresh:
                self._newest.take(kept)
        else:
            self._newest = _newest(self._kept)

    def _unpacked(
        self, row: tuple[int, int, str, int, bytes, bytes, str, bytes, bytes]
    ) -> Kept | None:
        id, seen, source, daily, sha256, raw_hash, note, covered, figures = row
        try:
            numbers = np.frombuffer(zlib.decompress(covered), dtype="<i2").astype(np.int16)
            parts = Kept.unpack(figures)
            kept = Kept(source, seen, bool(daily), numbers, *parts, raw_hash.hex(), note)
            if kept.sha256(self._names) != sha256:
                raise StoredFileError("its hash is another")
        except (StoredFileError, zlib.error, ValueError, KeyError) as error:
            moment = datetime.fromtimestamp(seen, UTC)
            warnings.warn(
                f"the answer {id} of {source}, {moment:%d %B %Y}, is damaged in {self.path} "
                f"({error}) and is left out; fetch it again, or import it from an export",
                StoredFileWarning,
                stacklevel=2,
            )
            return None
        return kept


def _newest(answers: Iterable[Kept]) -> Newest:
    newest = Newest()
    for kept in answers:
        newest.take(kept)
    return newest


def _write(connection: sqlite3.Connection, kept: Kept, names: dict[int, str]) -> None:
    connection.execute(
        INSERT,
        (
            kept.seen,
            kept.source,
            int(kept.daily),
            kept.sha256(names),
            bytes.fromhex(kept.raw_hash),
            kept.note,
            zlib.compress(kept.covered.astype("<i2").tobytes(), 9),
            kept.pack(),
        ),
    )
