"""What sources answered, in one file to send with a question."""

from __future__ import annotations

import platform
import zipfile
from collections.abc import Iterable, Sequence
from importlib.metadata import version
from pathlib import Path
from urllib.parse import urlsplit

import pandas as pd

from tradeshock.features.errors import StoredFileError
from tradeshock.features.fetching.client import Reply
from tradeshock.features.fetching.keys import Keys
from tradeshock.features.sources.doctor import COLUMNS, Finding

LIBRARIES = ("tradeshock", "pandas", "urllib3", "truststore", "python-calamine")


def write_bundle(
    path: Path, findings: Iterable[Finding], replies: Sequence[Reply], keys: Keys
) -> None:
    """Write a zip of findings, versions and answers as they came, without any key.

    Parameters
    ----------
    path : Path
        A file that is not there yet.
    findings : iterable of Finding
    replies : sequence of Reply
        All that was heard (see `Client`).
    keys : Keys
        What may stand nowhere in it.

    Raises
    ------
    StoredFileError
        If the file is there, or cannot be written.
    """
    names = [f"answers/{n:02d}-{urlsplit(r.url).netloc}" for n, r in enumerate(replies, start=1)]
    rows = [
        (name, reply.url, reply.status, f"{reply.fetched:%Y-%m-%dT%H:%M:%SZ}", len(reply.body))
        for name, reply in zip(names, replies, strict=True)
    ]
    heard = pd.DataFrame(rows, columns=["file", "address", "status", "fetched", "bytes"])
    found = pd.DataFrame(list(findings), columns=list(COLUMNS))
    texts = {
        "findings.csv": found.to_csv(index=False),
        "answers.csv": heard.to_csv(index=False),
        "versions.txt": _versions(),
    }
    try:
        with zipfile.ZipFile(path, "x", zipfile.ZIP_DEFLATED) as packed:
            for name, text in texts.items():
                packed.writestr(name, keys.scrub(text))
            for name, reply in zip(names, replies, strict=True):
                packed.writestr(name, keys.scrub_bytes(reply.body))
    except FileExistsError as error:
        raise StoredFileError(f"{path} is there already; name a new file, or remove it") from error
    except OSError as error:
        raise StoredFileError(f"{path} cannot be written ({error})") from error


def _versions() -> str:
    lines = [f"{name} {version(name)}" for name in LIBRARIES]
    system = f"{platform.python_implementation()} {platform.python_version()}, {platform.system()}"
    return "\n".join([*lines, system, ""])
