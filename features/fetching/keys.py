"""Keys of publishers: from the environment, a file that only its owner reads, or a keyring."""

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
# Under which the keyring of the system has them.
RING = "tradeshock"
# Where a key was found.
ENVIRONMENT, FILE, KEYRING = "environment", "file", "keyring"
_LINE = re.compile(r"\s*(?:export\s+)?(?P<name>[A-Z][A-Z0-9_]*)\s*=\s*(?P<key>\S.*?)\s*")
HIDDEN = "***"


class Keys:
    """Keys by the name of their environment variable; they never appear in texts.

    Parameters
    ----------
    keys : mapping of str to str
        Keys as the portals issue them. One that is encoded for an address ("%2B") is decoded once.
    places : mapping of str to str, optional
        Where each was found.
    """

    def __init__(
        self, keys: Mapping[str, str] | None = None, places: Mapping[str, str] | None = None
    ) -> None:
        given = {name: key.strip().strip("'\"") for name, key in (keys or {}).items()}
        self._keys = {
            name: unquote(key) if re.search("%[0-9A-Fa-f]{2}", key) else key
            for name, key in given.items()
            if key
        }
        self.places = {name: place for name, place in (places or {}).items() if name in self._keys}
        # As given it may be encoded in part.
        self._given = tuple(given.values())

    def __repr__(self) -> str:
        return f"Keys({', '.join(sorted(self._keys))})"

    @classmethod
    def read(
        cls,
        path: str | os.PathLike[str] | None = None,
        environ: Mapping[str, str] | None = None,
        *,
        ring: bool = False,
    ) -> Keys:
        """Keys of the environment; where it has none, of a file, and then of the keyring.

        Parameters
        ----------
        path : path, optional
            Lines such as ECOS_API_KEY=...; a file that is not there holds none.
        environ : mapping, optional
            Default: the environment of this process.
        ring : bool
            Whether the keyring of the system is asked, if the extra "keyring" is installed.

        Raises
        ------
        AccessError
            If others can read the file, or it does not read.
        """
        environ = os.environ if environ is None else environ
        found = {ENVIRONMENT: {name: environ[name] for name in PORTALS if environ.get(name)}}
        found[FILE] = _file_keys(Path(path)) if path is not None else {}
        missing = [name for name in PORTALS if not any(name in keys for keys in found.values())]
        found[KEYRING] = _ring_keys(missing) if ring else {}
        keys: dict[str, str] = {}
        places: dict[str, str] = {}
        # The first place speaks last.
        for place in (KEYRING, FILE, ENVIRONMENT):
            keys |= found[place]
            places |= dict.fromkeys(found[place], place)
        return cls(keys, places)

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
                f"no {name} is set; get one at {portal}, and keep it with: tradeshock data keys "
                f"set {name}"
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


def write_key(path: Path, name: str, key: str) -> None:
    """Write a key into a file that only its owner reads, in place of an earlier one.

    Raises
    ------
    AccessError
        If the name is not one of `PORTALS`, the key is empty or has blanks within, others can read
        the file, or it cannot be written.
    """
    if name not in PORTALS:
        raise AccessError(f"there is no key {name}; there are {', '.join(PORTALS)}")
    key = key.strip().strip("'\"")
    if not key or any(c.isspace() or not c.isprintable() for c in key):
        raise AccessError(f"this is no {name}: it is empty or has blanks within; nothing was kept")
    _file_keys(path)
    try:
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        others = [
            line for line in lines if (m := _LINE.fullmatch(line)) is None or m["name"] != name
        ]
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f"{path.name}.draft")
        draft.unlink(missing_ok=True)
        # Never, not even for a moment, readable by others.
        draft.touch(mode=0o600, exist_ok=False)
        draft.write_text("\n".join([*others, f"{name}={key}", ""]), encoding="utf-8")
        draft.replace(path)
    except OSError as error:
        raise AccessError(f"{path} cannot be written ({type(error).__name__})") from error


def _ring_keys(names: Iterable[str]) -> dict[str, str]:
    """Keys of the system's keyring; none where it is not there, or does not open."""
    try:
        import keyring
        from keyring.errors import KeyringError
    except ImportError:
        return {}
    try:
        found = {name: keyring.get_password(RING, name) for name in names}
    except KeyringError:
        return {}
    return {name: key for name, key in found.items() if key}


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
