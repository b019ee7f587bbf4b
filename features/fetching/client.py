"""One polite call to a publisher: retries, a deadline of the whole call, and no key in any text."""

from __future__ import annotations

import hashlib
import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode, urljoin, urlsplit

from tradeshock.features.errors import AccessError, QuotaError, SourceError, UnreachableError
from tradeshock.features.fetching.keys import Keys
from tradeshock.features.fetching.text import page_title
from tradeshock.features.fetching.transport import Call, Raw, Transport, TransportError

if TYPE_CHECKING:
    import pandas as pd

RETRIED = (500, 502, 503, 504)
REDIRECTS = (301, 302, 303, 307, 308)
# Answers whose body says more than their status: the caller's parser reads it.
SPEAKING = (400, 401, 403, 429)
MOST_REDIRECTS = 5
KEY = "{key}"
LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class Reply:
    """What came back.

    Parameters
    ----------
    url : str
        Where it came from, "{key}" in place of a key.
    status : int
        HTTP status, 200 or one whose body a parser must read for its error.
    body : bytes
        Without any key, should the server repeat one.
    fetched : datetime
        When, in UTC.
    cookies : str
        What the server wants to see in the header Cookie of a next call.
    """

    url: str
    status: int
    body: bytes
    fetched: datetime
    cookies: str = ""

    @property
    def sha256(self) -> str:
        """Hash of the body."""
        return hashlib.sha256(self.body).hexdigest()


class Client:
    """Fetches answers.

    Parameters
    ----------
    keys : Keys, optional
        Default: none.
    deadline : float
        Seconds that a whole call may take, with its retries and redirects.
    timeout : float
        Seconds without a sign of the server.
    tries : int
        Calls before giving up where the connection or the server fails.
    pause : float
        Seconds before the second try; doubled before each more.
    most_bytes : int
        Largest body that is read.
    mirror : str, optional
        Address such as "http://127.0.0.1:8000" to ask instead of the publishers: each host is
        a folder of it.
    now : callable
        Clock; UTC.
    heard : callable, optional
        Gets every whole answer, also one that is an error; keys are scrubbed by then.
    """

    def __init__(
        self,
        keys: Keys | None = None,
        *,
        deadline: float = 60.0,
        timeout: float = 15.0,
        tries: int = 3,
        pause: float = 1.0,
        most_bytes: int = 64_000_000,
        mirror: str | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        heard: Callable[[Reply], None] | None = None,
    ) -> None:
        self.keys = keys if keys is not None else Keys()
        self.deadline, self.timeout = deadline, timeout
        self.tries, self.pause, self.most_bytes = tries, pause, most_bytes
        self.mirror = mirror.rstrip("/") if mirror else None
        self.now = now
        self.heard = heard
        self._transport = Transport()

    @property
    def month(self) -> pd.Period:
        """Running month in Korea."""
        import pandas as pd

        return pd.Timestamp(self.now()).tz_convert("Asia/Seoul").tz_localize(None).to_period("M")

    def get(
        self, url: str, key: str | None = None, headers: Mapping[str, str] | None = None
    ) -> Reply:
        """Fetch an address.

        Parameters
        ----------
        url : str
            With "{key}" where the key goes.
        key : str, optional
            Name of the key.
        headers : mapping, optional
            Beside User-Agent.

        Raises
        ------
        UnreachableError
            If no whole answer came in time.
        AccessError
            If the key is missing or the server refused without a word.
        QuotaError
            If the server wants a pause that is longer than the deadline.
        """
        secret = self.keys.get(key) if key is not None else None
        try:
            return self._follow(url, secret, dict(headers or {}))
        except SourceError as error:
            raise type(error)(self.keys.scrub(str(error))) from None

    def post(
        self, url: str, form: Mapping[str, str], headers: Mapping[str, str] | None = None
    ) -> Reply:
        """Send a form, once: no second try, no redirect and no key.

        For pages that are made for people: what they do not answer at once is not asked again.

        Raises
        ------
        UnreachableError, AccessError, QuotaError
            As `get`.
        """
        fields = urlencode(form).encode()
        kind = {"Content-Type": "application/x-www-form-urlencoded; charset=UTF-8"}
        call = Call(
            self._address(url),
            {**kind, **(headers or {})},
            min(self.timeout, self.deadline),
            self.deadline,
            self.most_bytes,
            fields,
        )
        try:
            raw = self._transport.send(call)
        except TransportError as error:
            raise UnreachableError(
                f"{_host(url)} gave no answer: {error}; it is asked once an update: try again later"
            ) from None
        return self._judged(self._reply(url, raw))

    def _reply(self, url: str, raw: Raw) -> Reply:
        """Answer without any key, which whoever listens may have."""
        body = self.keys.scrub_bytes(raw.body)
        reply = Reply(url, raw.status, body, self.now(), raw.cookies)
        LOG.info("%s answers with status %d, %d bytes", _host(url), raw.status, len(body))
        # As the caller wrote it, a place instead of the key; scrubbed in case it was written in.
        LOG.debug("asked: %s", self.keys.scrub(url))
        if self.heard is not None:
            self.heard(reply)
        return reply

    def _follow(self, url: str, secret: str | None, headers: dict[str, str]) -> Reply:
        """Answer behind the redirects; a key never follows to another host."""
        end = time.monotonic() + self.deadline
        target = self._address(url).replace(KEY, quote(secret or "", safe=""))
        for _ in range(MOST_REDIRECTS + 1):
            raw = self._patient(target, url, headers, end)
            if raw.status not in REDIRECTS:
                return self._judged(self._reply(url, raw))
            there = urljoin(target, raw.location)
            if urlsplit(there).scheme not in ("http", "https"):
                raise UnreachableError(f"{_host(url)} leads to an address that is none; try later")
            if secret is not None and urlsplit(there).netloc != urlsplit(target).netloc:
                raise AccessError(
                    f"{_host(url)} sends callers with a key on to {urlsplit(there).hostname}; "
                    "the key was not sent there: check it at its portal"
                )
            if target.startswith("https:") and there.startswith("http:"):
                raise UnreachableError(f"{_host(url)} leads to an address without encryption")
            LOG.debug("%s leads on to %s", _host(url), urlsplit(there).hostname)
            target = there
        raise UnreachableError(f"{_host(url)} leads in a circle; try later")

    def _patient(self, target: str, url: str, headers: dict[str, str], end: float) -> Raw:
        """Try until an answer came, the tries are used up or the time is over."""
        reason = "no time was left"
        for attempt in range(self.tries):
            left = end - time.monotonic()
            if left <= 0:
                break
            call = Call(target, headers, min(self.timeout, left), left, self.most_bytes)
            wait = self.pause * 2**attempt
            try:
                raw = self._transport.send(call)
            except TransportError as error:
                reason = str(error)
                if error.final:
                    break
            else:
                if raw.status not in RETRIED and not (raw.status == 429 and raw.wait is not None):
                    return raw
                reason = f"its server answers with status {raw.status}"
                wait = max(wait, raw.wait or 0.0)
                if time.monotonic() + wait > end and raw.status == 429:
                    raise QuotaError(
                        f"{_host(url)} wants a pause of {wait:.0f} seconds; update again after it"
                    )
            if time.monotonic() + wait > end:
                break
            if attempt + 1 < self.tries:
                LOG.info("%s: %s; asked again in %.1f s", _host(url), reason, wait)
                time.sleep(wait)
        raise UnreachableError(f"{_host(url)} gave no answer: {reason}; try again later")

    def _judged(self, reply: Reply) -> Reply:
        """Answer whose status is good, or whose body says what is wrong."""
        status, host = reply.status, _host(reply.url)
        if status in (200, 204) or (status in SPEAKING and _speaks(reply.body)):
            return reply
        if status == 429:
            raise QuotaError(f"{host} gives no more answers for now; update again later")
        if status in (401, 403):
            raise AccessError(
                f"{host} refuses (status {status}); a key may be wrong, or this network is not "
                "served"
            )
        gone = "; its page may have moved" if status in (404, 410) else ""
        raise UnreachableError(f"{host} answers with status {status}{gone}: {_path(reply.url)}")

    def _address(self, url: str) -> str:
        if self.mirror is None:
            return url
        parts = urlsplit(url)
        query = f"?{parts.query}" if parts.query else ""
        return f"{self.mirror}/{parts.netloc}{parts.path}{query}"


def _speaks(body: bytes) -> bool:
    """Whether a refusal says more than its status: a page for people does not."""
    return bool(body.strip()) and page_title(body.decode("utf-8", "replace")) is None


def _host(url: str) -> str:
    return urlsplit(url).netloc


def _path(url: str) -> str:
    return urlsplit(url).path
