"""The one request loop, and the only file that imports httpx.

A read is tried again when the way to the service failed or the service says that it is down or busy; a write is sent
once.  A write whose answer is lost or unclear ends in OutcomeUnknown: it may have been carried out, and somebody has
to look.  No message here is made from `str()` of a transport error: httpx puts the whole URL into it.
"""

from __future__ import annotations

import asyncio
import logging
import socket
import ssl
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Generator, Iterator, Mapping
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from functools import cache
from typing import Any, TypeAlias

from kosmo_tui.api.postponed import postpone

# httpx's own command line, of no use here: where click is installed, it would load click, rich and pygments with it.
sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]  # None: "cannot be imported", which httpx expects
postpone("idna")  # for hosts with letters beyond ASCII
postpone("certifi")  # for TLS

import httpx
import msgspec

from kosmo_tui import __version__
from kosmo_tui.api.answers import by_status, decode, http_date, retry_after
from kosmo_tui.api.base_url import host_of, is_loopback, is_tls, takes_token
from kosmo_tui.api.errors import (
    ApiError,
    AuthExpired,
    BadAnswer,
    BadParameter,
    ConfigError,
    Forbidden,
    NotFound,
    OutcomeUnknown,
    RateLimited,
    Refused,
    Unavailable,
)
from kosmo_tui.api.retries import Retries
from kosmo_tui.api.secret import Secret

Transport: TypeAlias = httpx.AsyncBaseTransport  # for those who pass one on
USER_AGENT = f"kosmo-tui/{__version__} (+https://github.com/kosmo-tui/kosmo-tui)"
CONNECT_TIMEOUT = 5.0  # seconds, also for a free connection of the pool
MAX_BODY = 20_000_000  # bytes; the largest honest page is some hundred kilobytes

for _name in ("httpx", "httpcore"):  # at INFO they log whole URLs
    logging.getLogger(_name).setLevel(logging.WARNING)


class Request(msgspec.Struct, frozen=True):
    """One request.  `path` is appended to the base URL; `write` requests are sent once; `label` names it in errors.

    `read_timeout` (seconds) bounds the whole attempt, so that no service and no in-process app can hang the program.
    """

    method: str
    path: str
    query: Mapping[str, str] = msgspec.field(default_factory=dict)
    json: Any = None
    form: Mapping[str, str] | None = None
    write: bool = False
    label: str = ""
    read_timeout: float = 30.0


class Answer(msgspec.Struct, frozen=True):
    """An answer with a JSON body.  Header names are lower-case; repeated headers are joined by ", "."""

    status: int
    headers: Mapping[str, str]
    json: Any


class Connection:
    """The way to one service with one account's token.  Open until `aclose()`; safe to use from several tasks.

    `judge` is the service's own reading of an answer: None when it is fine, else the error it stands for.
    Raises ConfigError for a base URL that is none, or that would send the token unencrypted over a network.
    """

    def __init__(
        self,
        *,
        base_url: str,
        token: Callable[[], Awaitable[Secret]],
        judge: Callable[[Answer], ApiError | None],
        transport: Transport | None = None,
        retries: Retries | None = None,
    ) -> None:
        self.host = _checked(base_url, encrypted=transport is None)  # a transport of ours uses no network
        self._base_url = base_url.rstrip("/")
        self._token = token
        self._judge = judge
        self._transport = transport
        self._retries = retries or Retries()
        self._client: httpx.AsyncClient | None = None
        self._closed = False
        self._ahead = timedelta()  # how far the service's clock is ahead of ours

    def now(self) -> datetime:
        """The time by the service's clock, as its last `Date` header told it (UTC)."""
        return self._retries.now() + self._ahead

    async def send(self, request: Request) -> Answer:
        """The answer to `request`, when it is fine; else raises what `judge` said, or an ApiError of our own.

        Of a write: Unavailable and the errors that are a clear no mean that nothing was done, OutcomeUnknown that
        something may have been.
        """
        attempt = 1
        while True:
            try:
                return await self._attempt(request)
            except ApiError as error:
                delay = None if request.write else self._retries.delay(error, attempt)
                if delay is None:
                    raise
            await self._retries.sleep(delay)
            attempt += 1

    async def aclose(self) -> None:
        """Close the connections for good: what is sent from now on is Unavailable."""
        self._closed = True
        if self._client is not None:
            await self._client.aclose()
            self._client = None

    async def _attempt(self, request: Request) -> Answer:
        token = await self._token()
        if self._closed:  # also while the token was fetched: nobody would close what is opened now
            raise Unavailable(f"the connection to {self._where(request)} was closed", hint="nothing was sent")
        status, headers, body = await self._exchange(request, token)
        if (date := http_date(headers.get("date", ""))) is not None:
            self._ahead = date - self._retries.now()
        error: ApiError | None
        answer = None
        if 300 <= status < 400:
            error = BadAnswer(
                f"{self._where(request)} answered with a redirect (HTTP {status})",
                hint="redirects are not followed; check base_url of this account",
            )
        else:
            try:
                answer = Answer(status, headers, decode(body))
            except ValueError:
                error = self._unreadable(request, status, headers, body)
            else:
                error = self._judge(answer)
        if error is None and status >= 400:
            error = by_status(status, self._where(request))
        if error is None:
            assert answer is not None
            return answer
        if error.retry_after is None:
            error.retry_after = retry_after(headers, self._retries.now())
        if isinstance(error, RateLimited) and error.until is None and error.retry_after is not None:
            error.until = self._retries.now() + timedelta(seconds=error.retry_after)
        if request.write and _unclear(error, status):
            error = OutcomeUnknown(error.message, hint=error.hint or _LOOK_FIRST, code=error.code)
        raise error

    async def _exchange(self, request: Request, token: Secret) -> tuple[int, dict[str, str], bytes]:
        where, client = self._where(request), self._opened()
        lost = f"the connection to {where} broke before an answer came"
        late = f"{where} did not answer within {request.read_timeout:g} s"
        try:
            async with asyncio.timeout(request.read_timeout), self._stream(client, request, token) as response:
                headers = {name.lower(): value for name, value in response.headers.items()}
                body = bytearray()
                async for chunk in response.aiter_bytes():
                    body += chunk
                    if len(body) > MAX_BODY:
                        large = f"{where} answered with more than {MAX_BODY:,} bytes"
                        raise _give_up(request, BadAnswer(large, hint="check base_url of this account"))
                return response.status_code, headers, bytes(body)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError) as error:
            raise _unreachable(self.host, error) from None
        except (TimeoutError, httpx.TimeoutException):
            raise _give_up(request, Unavailable(late, hint=_NETWORK, transient=True)) from None
        except (httpx.InvalidURL, UnicodeEncodeError):
            raise BadParameter(
                f"a parameter for {where} holds a character that cannot be sent",
                hint="it must be valid Unicode; an id is letters, digits and signs",
            ) from None
        except (httpx.TransportError, httpx.DecodingError, OSError, EOFError):
            raise _give_up(request, Unavailable(lost, hint=_NETWORK, transient=True)) from None

    def _opened(self) -> httpx.AsyncClient:
        if self._client is None:
            try:
                self._client = httpx.AsyncClient(
                    transport=self._transport,
                    verify=_trust() if self._transport is None and is_tls(self._base_url) else _trusting_nobody(),
                    headers={"User-Agent": USER_AGENT, "Accept": "application/json"},
                    timeout=httpx.Timeout(None, connect=CONNECT_TIMEOUT, pool=CONNECT_TIMEOUT),
                    follow_redirects=False,
                    trust_env=not is_loopback(self.host),  # a proxy has no way to our loopback
                )
            except (ValueError, ImportError, httpx.InvalidURL, OSError):
                raise ConfigError(
                    "the proxy or the certificates that the environment names cannot be used",
                    hint="check HTTPS_PROXY, ALL_PROXY (http or https only), SSL_CERT_FILE and SSL_CERT_DIR",
                ) from None
        return self._client

    @asynccontextmanager
    async def _stream(
        self, client: httpx.AsyncClient, request: Request, token: Secret
    ) -> AsyncIterator[httpx.Response]:
        async with client.stream(
            request.method,
            self._base_url + request.path,
            params=dict(request.query) or None,
            json=request.json,
            data=dict(request.form) if request.form is not None else None,
            auth=_Bearer(token),
        ) as response:
            yield response

    def _where(self, request: Request) -> str:
        return f"{self.host} ({request.label})" if request.label else self.host

    def _unreadable(self, request: Request, status: int, headers: Mapping[str, str], body: bytes) -> ApiError:
        """A body that is no JSON: a page of some proxy on the way, or half an answer."""
        where = self._where(request)
        if status >= 400:
            return by_status(status, where)
        kind = headers.get("content-type", "").partition(";")[0].strip().lower()
        if "json" in kind or body.lstrip()[:1] in (b"{", b"["):
            return BadAnswer(f"{where} answered with broken JSON", hint="try again later", transient=True)
        what = "an HTML page" if "html" in kind or body.lstrip()[:1] == b"<" else "something that is no JSON"
        return BadAnswer(
            f"{where} answered with {what}",
            hint="check base_url of this account, and whether a proxy or a login page of the network is in the way",
        )


@cache
def _trust() -> ssl.SSLContext:
    """The certificates to trust.  Reading them takes as long as importing httpx, so all accounts share them."""
    return httpx.create_ssl_context()


def _trusting_nobody() -> ssl.SSLContext:
    """For a way without TLS: httpx would read the certificates all the same."""
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


class _Bearer(httpx.Auth):
    """Puts the token into the header at the last moment, so that no other frame holds it in the clear."""

    def __init__(self, token: Secret) -> None:
        self._token = token

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        request.headers["Authorization"] = f"Bearer {self._token.reveal()}"
        yield request


class _InProcess(httpx.ASGITransport):
    """An ASGI app as the other end.  What it raises is what a cut connection is: the answer is lost."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        try:
            return await super().handle_async_request(request)
        except (OSError, AssertionError):  # AssertionError: httpx's, when the app ends without a whole answer
            raise httpx.ReadError("the app ended without an answer", request=request) from None


def in_process(app: Any) -> Transport:
    """A transport that hands requests to an ASGI app of this process; no port is opened."""
    return _InProcess(app=app)


_NETWORK = "check the network, then try again"
_LOOK_FIRST = "look whether it is there before you send it again"


_CLEAR_NO = (AuthExpired, Forbidden, NotFound, Refused, RateLimited)


def _unclear(error: ApiError, status: int) -> bool:
    """Whether a write that was answered so may have been carried out."""
    if isinstance(error, _CLEAR_NO):
        return False
    if 300 <= status < 500:  # nothing on the way carries a request out and answers so
        return isinstance(error, OutcomeUnknown)
    return status >= 500 or isinstance(error, (Unavailable, BadAnswer, OutcomeUnknown))


def _give_up(request: Request, error: ApiError) -> ApiError:
    """`error` for a read; for a write, which may have arrived, OutcomeUnknown."""
    return OutcomeUnknown(error.message, hint=_LOOK_FIRST) if request.write else error


def _unreachable(host: str, error: httpx.TransportError) -> Unavailable:
    """Why no connection to `host` came about.  Nothing was sent."""
    if isinstance(error, httpx.PoolTimeout):
        return Unavailable(f"too many requests to {host} are under way", hint="try again", transient=True)
    if isinstance(error, httpx.ConnectTimeout):
        return Unavailable(
            f"{host} cannot be reached: no connection within {CONNECT_TIMEOUT:g} s", hint=_NETWORK, transient=True
        )
    if isinstance(error, httpx.ProxyError):
        return Unavailable(f"the proxy does not connect to {host}", hint="check HTTPS_PROXY and NO_PROXY")
    for cause in _causes(error):
        match cause:
            case ssl.SSLCertVerificationError():
                reason = getattr(cause, "verify_message", "") or "no reason given"
                return Unavailable(
                    f"the TLS certificate of {host} is not valid: {reason}",
                    hint="check the clock of this machine and base_url; set SSL_CERT_FILE if a proxy signs for itself",
                )
            case ssl.SSLError():
                return Unavailable(f"{host} does not speak TLS properly", hint="check base_url (https or http, port)")
            case socket.gaierror():
                return Unavailable(
                    f"{host} cannot be reached: its name is not known",
                    hint="check base_url and the network",
                    transient=True,
                )
            case ConnectionRefusedError():
                return Unavailable(
                    f"{host} cannot be reached: the connection was refused",
                    hint="check base_url and whether the service runs",
                    transient=True,
                )
    return Unavailable(f"{host} cannot be reached", hint=_NETWORK, transient=True)


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    waiting = [error]
    while waiting:
        current = waiting.pop(0)
        if current is None or id(current) in seen:
            continue
        seen.add(id(current))
        yield current
        waiting += [current.__cause__, current.__context__]
        if isinstance(current, BaseExceptionGroup):
            waiting += current.exceptions


def _checked(base_url: str, *, encrypted: bool) -> str:
    """The host of `base_url`.  Raises ConfigError when it is none, or no place for a token."""
    host = host_of(base_url)
    try:
        understood = host is not None and httpx.URL(base_url).raw_host == host.encode()
    except httpx.InvalidURL:
        understood = False
    if host is None or not understood:
        raise ConfigError(
            "base_url must be an http(s) URL of a host, a port and a path, and nothing else",
            hint='e.g. base_url = "https://api.buffer.com"',
        )
    if encrypted and not takes_token(base_url):
        raise ConfigError(
            f"base_url would send the token to {host} unencrypted", hint="use https; http is for this machine only"
        )
    return host


async def ask_head(url: str, host: str, seconds: float, transport: Transport | None) -> tuple[int, Mapping[str, str]]:
    """Status and headers (names in lower case) of an URL of somebody's, without a token; http(s) redirects followed.

    `host` names it in errors, `seconds` bounds all of it.  Raises Unavailable when nothing answers.
    """

    async def within_the_web(request: httpx.Request) -> None:
        if request.url.scheme not in ("http", "https"):
            raise httpx.UnsupportedProtocol("a redirect to something else", request=request)

    try:
        async with (
            asyncio.timeout(seconds),
            httpx.AsyncClient(
                transport=transport,
                verify=_trust() if transport is None else _trusting_nobody(),
                headers={"User-Agent": USER_AGENT, "Accept-Encoding": "identity"},  # a length is of the file itself
                follow_redirects=True,
                max_redirects=5,
                event_hooks={"request": [within_the_web]},
            ) as client,
        ):
            response = await client.head(url)
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.ProxyError) as error:
        raise _unreachable(host, error) from None
    except (TimeoutError, httpx.TimeoutException):
        raise Unavailable(f"{host} did not answer within {seconds:g} s") from None
    except httpx.TooManyRedirects:
        raise Unavailable(f"{host} redirects in a circle") from None
    except (httpx.HTTPError, httpx.InvalidURL, ValueError, OSError, ImportError):
        raise Unavailable(f"{host} cannot be asked for it") from None
    return response.status_code, {name.lower(): value for name, value in response.headers.items()}
