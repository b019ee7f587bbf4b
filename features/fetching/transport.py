"""One HTTP call that ends in time, whatever the server does."""

from __future__ import annotations

import time
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from importlib.metadata import version
from queue import Empty, SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ssl

    from urllib3 import BaseHTTPResponse, PoolManager

PIECE = 65_536


class TransportError(Exception):
    """Why no whole answer came.

    Attributes
    ----------
    final : bool
        Whether another try would end in the same way.
    """

    def __init__(self, message: str, *, final: bool = False) -> None:
        super().__init__(message)
        self.final = final


@dataclass(frozen=True)
class Call:
    """One call: seconds without a sign, seconds in all, the largest body, and a form to send."""

    url: str
    headers: dict[str, str]
    timeout: float
    seconds: float
    most_bytes: int
    form: bytes | None = None


@dataclass(frozen=True)
class Raw:
    """Status, body, the pause a server asks for in seconds, where it sends callers, and cookies.

    Cookies are as the next call sends them back: "name=value; other=value".
    """

    status: int
    body: bytes
    wait: float | None
    location: str
    cookies: str = ""


class Transport:
    """Pool of connections, opened at the first call."""

    def __init__(self) -> None:
        self._pool: PoolManager | None = None

    def send(self, call: Call) -> Raw:
        """Answer of one call.

        The call runs beside, because a server that drips its headers keeps a socket busy beyond
        any timeout; what is late is left to end by itself.

        Raises
        ------
        TransportError
            If there is none, or it is not whole, too large or too late.
        """
        answers: SimpleQueue[Raw | TransportError] = SimpleQueue()
        Thread(target=self._run, args=(call, answers), daemon=True).start()
        try:
            answer = answers.get(timeout=call.seconds)
        except Empty:
            raise TransportError("it took too long", final=True) from None
        if isinstance(answer, TransportError):
            raise answer
        return answer

    def _run(self, call: Call, answers: SimpleQueue[Raw | TransportError]) -> None:
        from urllib3.exceptions import HTTPError, LocationParseError, SSLError

        answer: Raw | TransportError = TransportError("the call broke off")
        try:
            answer = self._ask(call)
        except TransportError as error:
            answer = error
        except SSLError as error:
            answer = TransportError(_certificate(error), final=True)
        except (LocationParseError, UnicodeError) as error:
            answer = TransportError(f"no address ({type(error).__name__})", final=True)
        except (HTTPError, OSError, ValueError) as error:
            # Their own words hold the address, and with it a key.
            answer = TransportError(_REASONS.get(type(error).__name__, type(error).__name__))
        finally:
            answers.put(answer)

    def _ask(self, call: Call) -> Raw:
        from urllib3 import Timeout

        if self._pool is None:
            self._pool = _pool()
        response = self._pool.request(
            "GET" if call.form is None else "POST",
            call.url,
            body=call.form,
            headers={
                "User-Agent": f"tradeshock/{version('tradeshock')} (monthly statistics)",
                **call.headers,
            },
            timeout=Timeout(connect=call.timeout, read=call.timeout),
            retries=False,
            redirect=False,
            preload_content=False,
        )
        whole = False
        try:
            body = _body(response, call)
            whole = True
        finally:
            # A connection in the middle of a body is of no more use.
            response.release_conn() if whole else response.close()
        location = response.headers.get("Location") or ""
        wait = _wait(response.headers.get("Retry-After"))
        return Raw(response.status, body, wait, location, _cookies(response))


def _body(response: BaseHTTPResponse, call: Call) -> bytes:
    """Read in pieces, with an eye on clock and size."""
    end = time.monotonic() + call.seconds
    pieces: list[bytes] = []
    size = 0
    while piece := response.read1(PIECE):
        pieces.append(piece)
        size += len(piece)
        if size > call.most_bytes:
            raise TransportError(f"more than {call.most_bytes:,} bytes came", final=True)
        if time.monotonic() > end:
            raise TransportError("it took too long", final=True)
    expected = response.headers.get("Content-Length", "")
    packed = response.headers.get("Content-Encoding", "identity") != "identity"
    if expected.isdecimal() and not packed and size != int(expected):
        raise TransportError(f"only {size:,} of {int(expected):,} bytes came")
    return b"".join(pieces)


def _cookies(response: BaseHTTPResponse) -> str:
    """Names and values of all cookies, without what a browser does with them."""
    set_by_server = response.headers.getlist("Set-Cookie")
    return "; ".join(cookie.partition(";")[0].strip() for cookie in set_by_server)


def _pool() -> PoolManager:
    import urllib3

    return urllib3.PoolManager(num_pools=20, maxsize=2, ssl_context=_trust())


def _trust() -> ssl.SSLContext:
    """Certificates that the system trusts, as its browser does; never none."""
    import ssl

    try:
        import truststore
    except ImportError:
        return ssl.create_default_context()
    return truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def _certificate(error: Exception) -> str:
    text = str(error)
    if "CERTIFICATE_VERIFY_FAILED" in text:
        return (
            "its certificate is not trusted here; a company's network may stand between: add its "
            "certificate to those of the system"
        )
    if "DH_KEY_TOO_SMALL" in text or "LEGACY_RENEGOTIATION" in text:
        return "its encryption is too old for this system"
    return "no encrypted connection came about"


def _wait(text: str | None) -> float | None:
    """Seconds of a Retry-After, which is a number or a date."""
    if text is None:
        return None
    if text.strip().isdecimal():
        return float(text)
    try:
        return max(parsedate_to_datetime(text).timestamp() - time.time(), 0.0)
    except (TypeError, ValueError, OverflowError):
        return None


_REASONS = {
    "ConnectTimeoutError": "no connection in time",
    "ReadTimeoutError": "it fell silent",
    "IncompleteRead": "the answer was cut short",
    "ProtocolError": "the answer was cut short",
    "InvalidChunkLength": "the answer was cut short",
    "DecodeError": "the answer does not unpack",
    "NewConnectionError": "no connection",
    "NameResolutionError": "its name is not known here, there may be no network",
    "ProxyError": "the proxy refused",
}
