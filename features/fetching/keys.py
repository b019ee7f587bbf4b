"""Keys of publishers: from the environment or a file that only its owner reads."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterable, Mapping
from pathlib import Path
from urllib.parse import quote, quote_plus, unquote

from tradeshock.features.errors import AccessError

# Where to get each, for messages.
PORTALS = {
    "DATA_GO_KR_API_KEY": "www.data.go.kr (free; apply for each of the customs services)",
    "ECOS_API_KEY": "ecos.bok.or.kr/api (free)",
    "KOSIS_API_KEY": "kosis.kr/openapi (free, valid for two years)",
}
_LINE = re.compile(r"\s*(?:export\s+)?(?P<name>[A-Z][A-Z0-9_]*)\s*=\s*(?P<key>\S.*?)\s*")
HIDDEN = "***"


class Keys:
    """Keys by the name of their environment variable; they never appear in texts.

    Parameters
    ----------
    keys : mapping of str to str
        Keys as the portals issue them. One that is encoded for an address ("%2B") is decoded once.
    """

    def __init__(self, keys: Mapping[str, str] | None = None) -> None:
        given = {name: key.strip().strip("'\"") for name, key in (keys or {}).items()}
        self._keys = {
            name: unquote(key) if re.search("%[0-9A-Fa-f]{2}", key) else key
            for name, key in given.items()
            if key
        }
        # As given it may be encoded in part.
        self._given = tuple(given.values())

    def __repr__(self) -> str:
        return f"Keys({', '.join(sorted(self._keys))})"

    @classmethod
    def read(
        cls, path: str | os.PathLike[str] | None = None, environ: Mapping[str, str] | None = None
    ) -> Keys:
        """Keys of a file, and those of the environment before them.

        Parameters
        ----------
        path : path, optional
            Lines such as ECOS_API_KEY=...; a file that is not there holds none.
        environ : mapping, optional
            Default: the environment of this process.

        Raises
        ------
        AccessError
            If others can read the file, or it does not read.
        """
        found = _file_keys(Path(path)) if path is not None else {}
        environ = os.environ if environ is None else environ
        return cls({**found, **{name: environ[name] for name in PORTALS if environ.get(name)}})

    def __contains__(self, name: object) -> bool:
        return name in self._keys

    def get(self, name: str) -> str:
        """Key of a name.

        Raises
        ------
        AccessError
            If there is none; the message says where to get it.
        """
        if name not in self._keys:
            portal = PORTALS.get(name, "its publisher")
            raise AccessError(
                f"no {name} is set; get one at {portal}, and set it in the environment or in the "
                "file of keys"
            )
        return self._keys[name]

    def scrub(self, text: str) -> str:
        """Text without any key, in whichever way it is encoded."""
        for form in self._forms():
            text = text.replace(form, HIDDEN)
        return text

    def scrub_bytes(self, data: bytes) -> bytes:
        """Bytes without any key."""
        for form in self._forms():
            data = data.replace(form.encode(), HIDDEN.encode())
        return data

    def _forms(self) -> Iterable[str]:
        """Ways in which the keys can stand in a text, long ones first."""
        forms: set[str] = set(self._given)
        for key in self._keys.values():
            once = {key, quote(key, safe=""), quote_plus(key), quote(key)}
            forms |= once | {quote(form, safe="") for form in once}
            forms |= {form.lower() for form in forms} | {form.upper() for form in forms}
        # The word "sample" is no secret.
        return sorted((f for f in forms if len(f) >= 8), key=len, reverse=True)


def _file_keys(path: Path) -> dict[str, str]:
    if not path.exists():
        return {}
    if os.name == "posix" and stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise AccessError(f"others can read {path}, which holds keys; run chmod 600 on it")
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise AccessError(f"{path} does not read: {type(error).__name__}") from error
    keys = {}
    for number, line in enumerate(lines, start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        if (match := _LINE.fullmatch(line)) is None:
            raise AccessError(f"{path}, line {number}, is not written as NAME=key; correct it")
        keys[match["name"]] = match["key"]
    return keys
