"""One call to a publisher: retries, deadline, redirects, keys, against a server on this machine."""

import socket
import ssl
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.request import urlopen

import pytest
from hypothesis import given, strategies as st
from urllib3.exceptions import SSLError

from tradeshock.features.errors import AccessError, QuotaError, SourceError, UnreachableError
from tradeshock.features.fetching.client import Client
from tradeshock.features.fetching.keys import Keys

SECRET = "0123456789abcdef" * 4
OLD_FORM = "aB3+/xY9" * 8 + "=="
Script = Callable[[BaseHTTPRequestHandler, int], None]


class Server:
    """Plays scripts by path, and remembers who asked for what."""

    def __init__(self) -> None:
        self.scripts: dict[str, Script] = {}
        self.calls: defaultdict[str, int] = defaultdict(int)
        self.headers: list[dict[str, str]] = []
        self.paths: list[str] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                self.do_GET()

            def do_GET(self) -> None:
                path = self.path.split("?")[0]
                outer.calls[path] += 1
                outer.paths.append(self.path)
                outer.headers.append(dict(self.headers.items()))
                outer.scripts[path](self, outer.calls[path])

            def log_message(self, *_: object) -> None:
                pass

        class Quiet(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_: object) -> None:
                """Clients of these tests hang up; that is no news."""

        self.http = Quiet(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_port}"
        Thread(target=self.http.serve_forever, args=(0.02,), daemon=True).start()


def reply(status: int = 200, body: bytes = b"good", **headers: str) -> Script:
    """Script that sends one answer."""

    def script(handler: BaseHTTPRequestHandler, _: int) -> None:
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return script


def in_turn(*scripts: Script) -> Script:
    """Script of the first call, the second, and so on; the last one stays."""

    def script(handler: BaseHTTPRequestHandler, number: int) -> None:
        scripts[min(number, len(scripts)) - 1](handler, number)

    return script


def cut(handler: BaseHTTPRequestHandler, _: int) -> None:
    """Half of what the length promises."""
    handler.send_response(200)
    handler.send_header("Content-Length", "100")
    handler.end_headers()
    handler.wfile.write(b"x" * 50)
    handler.close_connection = True


def cut_chunk(handler: BaseHTTPRequestHandler, _: int) -> None:
    handler.send_response(200)
    handler.send_header("Transfer-Encoding", "chunked")
    handler.end_headers()
    handler.wfile.write(b"32\r\n" + b"x" * 20)
    handler.close_connection = True


def chunked(handler: BaseHTTPRequestHandler, _: int) -> None:
    handler.send_response(200)
    handler.send_header("Transfer-Encoding", "chunked")
    handler.end_headers()
    handler.wfile.write(b"2\r\ngo\r\n2\r\nod\r\n0\r\n\r\n")


def trickle(handler: BaseHTTPRequestHandler, _: int) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    for _ in range(40):
        handler.wfile.write(b"x")
        handler.wfile.flush()
        time.sleep(0.05)


def trickled_headers(handler: BaseHTTPRequestHandler, _: int) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    for _ in range(40):
        handler.wfile.write(b"x")
        handler.wfile.flush()
        time.sleep(0.05)
    handler.close_connection = True


def silent(handler: BaseHTTPRequestHandler, _: int) -> None:
    time.sleep(2.0)
    handler.close_connection = True


def hang_up(handler: BaseHTTPRequestHandler, _: int) -> None:
    handler.connection.shutdown(socket.SHUT_RDWR)
    handler.close_connection = True


@pytest.fixture(scope="module")
def http() -> Iterator[Server]:
    server = Server()
    yield server
    server.http.shutdown()
    server.http.server_close()


@pytest.fixture
def server(http: Server) -> Server:
    for remembered in (http.scripts, http.calls, http.headers, http.paths):
        remembered.clear()
    return http


@pytest.fixture(autouse=True)
def only_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test of this file reaches another machine."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: tuple[str, int]) -> None:
        assert address[0] in ("127.0.0.1", "::1"), f"{address} is not this machine"
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


def client(keys: Keys | None = None, **changes: float) -> Client:
    settings = {"deadline": 5.0, "timeout": 0.4, "pause": 0.01} | changes
    return Client(keys, now=lambda: datetime(2026, 11, 25, tzinfo=UTC), **settings)


@pytest.mark.parametrize("script", [reply(), chunked])
def test_a_good_answer_comes_whole(server: Server, script: Script) -> None:
    server.scripts["/a"] = script
    got = client().get(f"{server.url}/a")
    assert (got.status, got.body) == (200, b"good")
    assert got.fetched == datetime(2026, 11, 25, tzinfo=UTC)
    (headers,) = server.headers
    assert headers["User-Agent"].startswith("tradeshock/")
    # The customs gateway refuses calls with tracing headers.
    assert {"baggage", "traceparent", "sentry-trace"}.isdisjoint(map(str.lower, headers))


@pytest.mark.parametrize("bad", [cut, cut_chunk, hang_up, silent, reply(503, b"busy"), reply(500)])
def test_what_fails_once_is_asked_again(server: Server, bad: Script) -> None:
    server.scripts["/a"] = in_turn(bad, reply())
    assert client().get(f"{server.url}/a").body == b"good"
    assert server.calls["/a"] == 2


@pytest.mark.parametrize("bad", [cut, cut_chunk, hang_up, reply(502)])
def test_what_always_fails_ends_in_a_sentence(server: Server, bad: Script) -> None:
    server.scripts["/a"] = bad
    with pytest.raises(UnreachableError, match=r"gave no answer: .*; try again later"):
        client().get(f"{server.url}/a")
    assert server.calls["/a"] == 3


@pytest.mark.parametrize("slow", [trickle, trickled_headers, silent])
def test_a_call_ends_at_its_deadline(server: Server, slow: Script) -> None:
    server.scripts["/a"] = slow
    start = time.monotonic()
    with pytest.raises(UnreachableError):
        client(deadline=0.5).get(f"{server.url}/a")
    assert time.monotonic() - start < 1.6


def test_a_pause_that_the_server_asks_for_is_kept(server: Server) -> None:
    server.scripts["/a"] = in_turn(reply(503, Retry_After="1"), reply())
    start = time.monotonic()
    assert client().get(f"{server.url}/a").body == b"good"
    assert time.monotonic() - start >= 1.0


def test_a_pause_beyond_the_deadline_is_not_waited_for(server: Server) -> None:
    server.scripts["/a"] = reply(429, Retry_After="3600")
    start = time.monotonic()
    with pytest.raises(QuotaError, match="pause of 3600 seconds"):
        client().get(f"{server.url}/a")
    assert time.monotonic() - start < 1.0
    assert server.calls["/a"] == 1


def test_too_large_a_body_is_not_read(server: Server) -> None:
    server.scripts["/a"] = reply(body=b"x" * 5000)
    with pytest.raises(UnreachableError, match="more than 1,000 bytes"):
        client(most_bytes=1000).get(f"{server.url}/a")


def test_redirects_are_followed_and_circles_are_not(server: Server) -> None:
    server.scripts["/a"] = reply(302, b"", Location="/b")
    server.scripts["/b"] = reply()
    assert client().get(f"{server.url}/a").body == b"good"
    server.scripts["/b"] = reply(302, b"", Location="/a")
    with pytest.raises(UnreachableError, match="in a circle"):
        client().get(f"{server.url}/a")


@pytest.mark.parametrize("where", ["file:///etc/passwd", "ftp://127.0.0.1/a"])
def test_redirects_to_other_things_are_refused(server: Server, where: str) -> None:
    server.scripts["/a"] = reply(302, b"", Location=where)
    with pytest.raises(UnreachableError, match="none"):
        client().get(f"{server.url}/a")


def test_a_key_does_not_follow_to_another_host(server: Server) -> None:
    elsewhere = server.url.replace("127.0.0.1", "localhost")
    server.scripts["/a"] = reply(302, b"", Location=f"{elsewhere}/b?k={SECRET}")
    server.scripts["/b"] = reply()
    with pytest.raises(AccessError, match="was not sent there") as caught:
        client(Keys({"ECOS_API_KEY": SECRET})).get(f"{server.url}/a?k={{key}}", key="ECOS_API_KEY")
    assert SECRET not in str(caught.value)
    assert server.calls["/b"] == 0


@pytest.mark.parametrize(
    ("status", "kind", "words"),
    [
        (404, UnreachableError, "may have moved"),
        (403, AccessError, "refuses"),
        (401, AccessError, "refuses"),
        (429, QuotaError, "later"),
        (418, UnreachableError, "418"),
    ],
)
def test_a_status_becomes_a_sentence(
    server: Server, status: int, kind: type[SourceError], words: str
) -> None:
    server.scripts["/a"] = reply(status, b"")
    with pytest.raises(kind, match=words):
        client().get(f"{server.url}/a")


def test_no_server_at_all_is_named() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(UnreachableError, match="no connection"):
        client().get(f"http://127.0.0.1:{port}/a")


def test_a_certificate_that_is_not_trusted_is_never_taken(server: Server) -> None:
    # This server speaks no TLS at all: what matters is that nothing unverified is tried.
    server.scripts["/a"] = reply()
    with pytest.raises(UnreachableError, match="encrypted connection"):
        client().get(f"{server.url.replace('http:', 'https:')}/a")
    assert server.calls["/a"] == 0


@pytest.fixture
def disguised() -> Iterator[Server]:
    """Server whose certificate nobody has signed but itself."""
    server = Server()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(Path(__file__).parent / "data" / "sources" / "untrusted.pem")
    server.http.socket = context.wrap_socket(server.http.socket, server_side=True)
    yield server
    server.http.shutdown()
    server.http.server_close()


@pytest.mark.parametrize(
    "call",
    [
        lambda asking, url: asking.get(f"{url}?k={{key}}", key="ECOS_API_KEY"),
        lambda asking, url: asking.post(url, {"a": "b"}),
    ],
)
def test_a_certificate_that_nobody_signed_ends_in_a_sentence(
    disguised: Server, call: Callable[[Client, str], object]
) -> None:
    disguised.scripts["/a"] = reply()
    url = f"{disguised.url.replace('http:', 'https:')}/a"
    keys = Keys({"ECOS_API_KEY": SECRET})
    start = time.monotonic()
    with pytest.raises(UnreachableError, match="certificate is not trusted here") as caught:
        call(client(keys), url)
    # No second try would end in another way, and nothing was sent before the handshake.
    assert time.monotonic() - start < 4.0
    assert "\n" not in str(caught.value)
    assert SECRET not in str(caught.value)
    assert disguised.calls == {}
    # The server itself is in order: who trusts its certificate gets an answer.
    trusting = ssl.create_default_context(
        cafile=Path(__file__).parent / "data" / "sources" / "untrusted.pem"
    )
    with urlopen(url, context=trusting, timeout=5) as answer:
        assert answer.read() == b"good"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("[SSL: CERTIFICATE_VERIFY_FAILED] unable to get local issuer", "not trusted here"),
        ("[SSL: DH_KEY_TOO_SMALL] dh key too small", "too old for this system"),
        ("[SSL: UNSAFE_LEGACY_RENEGOTIATION_DISABLED] unsafe", "too old for this system"),
        ("[SSL: WRONG_VERSION_NUMBER] wrong version", "no encrypted connection"),
    ],
)
def test_what_the_encryption_says_becomes_a_sentence(
    monkeypatch: pytest.MonkeyPatch, words: str, said: str
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise SSLError(words)

    monkeypatch.setattr("urllib3.PoolManager.request", refuse)
    with pytest.raises(UnreachableError, match=said):
        client().get("https://127.0.0.1/a")


def test_a_form_is_sent_once_with_its_cookie(server: Server) -> None:
    seen: list[tuple[str, str, str]] = []

    def script(handler: BaseHTTPRequestHandler, _: int) -> None:
        body = handler.rfile.read(int(handler.headers["Content-Length"])).decode()
        seen.append((handler.command, body, handler.headers["Cookie"]))
        handler.send_response(200)
        handler.send_header("Set-Cookie", "id=7; Path=/; HttpOnly")
        handler.send_header("Set-Cookie", "b=c")
        handler.send_header("Content-Length", "4")
        handler.end_headers()
        handler.wfile.write(b"good")

    server.scripts["/a"] = script
    got = client().post(f"{server.url}/a", {"월": "1 2", "x": ""}, {"Cookie": "id=6"})
    assert (got.body, got.cookies) == (b"good", "id=7; b=c")
    assert seen == [("POST", "%EC%9B%94=1+2&x=", "id=6")]
    for bad in (reply(503), reply(302, b"", Location="/b"), cut, hang_up):
        server.calls.clear()
        server.scripts["/a"] = bad
        with pytest.raises(UnreachableError):
            client().post(f"{server.url}/a", {"a": "b"})
        assert dict(server.calls) == {"/a": 1}


@pytest.mark.parametrize(
    "key", [SECRET, OLD_FORM, OLD_FORM.replace("+", "%2B").replace("/", "%2F")]
)
def test_a_key_reaches_the_server_once_encoded_and_nobody_else(server: Server, key: str) -> None:
    def echo(handler: BaseHTTPRequestHandler, number: int) -> None:
        reply(200, f"your key is {handler.path} {key}".encode())(handler, number)

    server.scripts["/a"] = echo
    keys = Keys({"ECOS_API_KEY": key})
    got = client(keys).get(f"{server.url}/a?k={{key}}", key="ECOS_API_KEY")
    sent = server.paths[0].split("k=")[1]
    assert "%25" not in sent
    texts = (got.url, repr(got), got.body.decode(), repr(keys))
    for form in (key, sent, keys.get("ECOS_API_KEY")):
        assert all(form not in text for text in texts)


def test_no_key_stands_in_an_error(server: Server) -> None:
    keys = Keys({"ECOS_API_KEY": SECRET})
    scripts = (cut, hang_up, reply(404, b""), reply(403, b""), reply(302, b"", Location="x://"))
    for script in scripts:
        server.scripts[f"/{SECRET}/a"] = script
        with pytest.raises(SourceError) as caught:
            client(keys).get(f"{server.url}/{{key}}/a", key="ECOS_API_KEY")
        seen: list[BaseException | None] = [caught.value, caught.value.__cause__]
        assert all(SECRET not in repr(error) for error in seen)
        assert caught.value.__suppress_context__


def test_a_missing_key_names_its_portal() -> None:
    with pytest.raises(AccessError, match=r"no ECOS_API_KEY is set; get one at ecos\.bok"):
        client().get("http://127.0.0.1/{key}", key="ECOS_API_KEY")


@given(key=st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=12))
def test_scrubbed_texts_hold_no_key(key: str) -> None:
    from urllib.parse import quote, quote_plus

    keys = Keys({"ECOS_API_KEY": key})
    if "ECOS_API_KEY" not in keys or len(secret := keys.get("ECOS_API_KEY")) < 12:
        return
    for form in (secret, quote(secret, safe=""), quote_plus(secret)):
        assert form not in keys.scrub(f"a {form} b")
        assert form.encode() not in keys.scrub_bytes(f"a {form} b".encode())


def test_keys_come_from_a_file_of_their_owner_and_the_environment(tmp_path: Path) -> None:
    path = tmp_path / "keys"
    path.write_text(f"# mine\n\nexport ECOS_API_KEY = {SECRET}\nKOSIS_API_KEY='abcdefgh1234'\n")
    path.chmod(0o600)
    keys = Keys.read(path, {"KOSIS_API_KEY": "of-the-environment", "OTHER": "x"})
    assert keys.get("ECOS_API_KEY") == SECRET
    assert keys.get("KOSIS_API_KEY") == "of-the-environment"
    assert "OTHER" not in keys
    assert repr(keys) == "Keys(ECOS_API_KEY, KOSIS_API_KEY)"
    assert "DATA_GO_KR_API_KEY" not in Keys.read(tmp_path / "none", {})


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604])
def test_a_key_file_that_others_read_is_refused(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "keys"
    path.write_text(f"ECOS_API_KEY={SECRET}\n")
    path.chmod(mode)
    with pytest.raises(AccessError, match="chmod 600"):
        Keys.read(path, {})


def test_a_broken_key_file_is_refused_without_its_words(tmp_path: Path) -> None:
    path = tmp_path / "keys"
    path.write_text(f"{SECRET}\n")
    path.chmod(0o600)
    with pytest.raises(AccessError, match="line 1") as caught:
        Keys.read(path, {})
    assert SECRET not in str(caught.value)


def test_months_are_those_of_seoul() -> None:
    late = Client(now=lambda: datetime(2026, 11, 30, 16, 0, tzinfo=UTC))
    early = Client(now=lambda: datetime(2026, 11, 30, 14, 0, tzinfo=UTC))
    assert (str(late.month), str(early.month)) == ("2026-12", "2026-11")


def test_nothing_of_it_is_imported_before_it_is_used() -> None:
    code = (
        "import sys, tradeshock, tradeshock.models.pools.combination, "
        "tradeshock.forecast.cli.main, tradeshock.models.systems.var; "
        "print(*(m for m in sys.modules if m.split('.')[0] in ('urllib3', 'truststore') or "
        "m.startswith(('tradeshock.features.fetching', 'tradeshock.features.sources', "
        "'tradeshock.features.publishers'))))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.split() == []


def test_a_list_of_sources_opens_no_connection_and_no_library() -> None:
    code = (
        "import sys, tradeshock.features.sources.registry as r; "
        "from tradeshock.features.fetching.client import Client; Client(); r.all_sources(); "
        "print(*({'urllib3', 'truststore', 'python_calamine'} & set(sys.modules)))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.split() == []
