"""The door: which requests come in, and what every answer says to the browser.

A name in Host that is not ours is DNS rebinding or a mistake; a POST from another page is forgery; and whoever changes
things shows the token, as a cookie that was set by the link printed at the start, or as a bearer.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qsl, urlencode

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from aggregator.web.options import WebOptions

MOST_BODY = 64_000
"""Bytes of a POST: forms of a few fields."""

MOST_QUERY = 4_000
"""Bytes of a path with its query."""

COOKIE_DAYS = 30


class Guard:
    """ASGI middleware around the whole application."""

    def __init__(self, app: ASGIApp, options: WebOptions) -> None:
        self._app, self._options = app, options
        self._cookie = f"aggregator-{options.port}"  # cookies know no ports: two newsrooms keep apart by the name
        images = "'self' https: http:" if options.images else "'self'"
        self._headers = {
            "Content-Security-Policy": (
                f"default-src 'none'; script-src 'self'; style-src 'self'; img-src {images}; connect-src 'self';"
                " base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
            ),
            "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": "DENY",
            # no-referrer would make the browser send `Origin: null` with our own forms.
            "Referrer-Policy": "same-origin",
            "Cross-Origin-Opener-Policy": "same-origin",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request, or lets it through."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            return  # there are no web sockets here
        headers = Headers(scope=scope)
        scope["state"] = {**scope.get("state", {}), "may_change": self._authorised(headers)}
        refusal = self._refusal(scope, headers)
        answer = self._with_headers(send)
        await (refusal or self._app)(scope, receive, answer)

    def _with_headers(self, send: Send) -> Send:
        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                found = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    found[name] = value
                if "cache-control" not in found:
                    found["Cache-Control"] = "no-cache, private"
            await send(message)

        return sending

    def _refusal(self, scope: Scope, headers: Headers) -> Response | None:
        hosts = headers.getlist("host")
        if len(hosts) != 1 or _name(hosts[0]) not in self._options.allowed:
            return _plain(421, "This name is not served here; start with --name NAME to allow it.")
        if len(scope["path"]) + len(scope["query_string"]) > MOST_QUERY:
            return _plain(414, "The address is too long.")
        given = self._given(scope)
        if given is not None:
            return given
        if not self._options.private and not scope["state"]["may_change"]:
            return _plain(401, "A token is needed: open the link that was printed when the page was started.")
        if scope["method"] in ("GET", "HEAD"):
            return None
        return self._refused_change(scope, headers, hosts[0])

    def _refused_change(self, scope: Scope, headers: Headers, host: str) -> Response | None:
        if scope["method"] != "POST":
            return _plain(405, "Only GET, HEAD and POST are known here.", {"Allow": "GET, HEAD, POST"})
        origin, site = headers.get("origin"), headers.get("sec-fetch-site")
        bearer = headers.get("authorization", "").lower().startswith("bearer ")
        same = origin == f"{scope['scheme']}://{host}" or (origin is None and (site == "same-origin" or bearer))
        if not same or site not in (None, "same-origin", "none"):
            return _plain(403, "This was asked from another page.")
        if not scope["state"]["may_change"]:
            return _plain(403, "A token is needed: open the link that was printed when the page was started.")
        length = headers.get("content-length", "")
        if not length.isascii() or not length.isdigit() or int(length[:9]) > MOST_BODY:
            return _plain(413, "A form of a known and small length was expected.")
        return None

    def _given(self, scope: Scope) -> Response | None:
        """The answer to an address with a token in it: a cookie, and the address without it."""
        if scope["method"] != "GET" or b"token=" not in scope["query_string"]:
            return None
        pairs = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        tokens = [value for name, value in pairs if name == "token"]
        if not tokens:
            return None
        if not self._right(tokens):
            return _plain(403, "This is not the token: it is printed at each start.")
        rest = urlencode([(name, value) for name, value in pairs if name != "token"])
        path = "/" + scope["path"].lstrip("/\\")  # never `//elsewhere`
        answer = RedirectResponse(path + (f"?{rest}" if rest else ""), 303)
        answer.set_cookie(
            self._cookie, self._options.token, max_age=COOKIE_DAYS * 86_400, httponly=True, samesite="strict"
        )
        return answer

    def _authorised(self, headers: Headers) -> bool:
        kind, _, word = headers.get("authorization", "").partition(" ")
        given = [word.strip()] if kind.lower() == "bearer" else []
        cookies: SimpleCookie = SimpleCookie()
        try:
            cookies.load(headers.get("cookie", ""))
        except CookieError:
            return self._right(given)
        if self._cookie in cookies:
            given.append(cookies[self._cookie].value)
        return self._right(given)

    def _right(self, given: Iterable[str]) -> bool:
        wanted = self._options.token.encode()
        return any(secrets.compare_digest(one.encode("utf-8", "replace"), wanted) for one in given)


def _name(host: str) -> str:
    """A Host header without its port, in lower case."""
    host = host.strip().lower()
    if host.startswith("["):
        return host[1:].partition("]")[0]
    name, _, port = host.partition(":")
    return name if not port or port.isdigit() else ""


def _plain(status: int, text: str, headers: dict[str, str] | None = None) -> Response:
    return PlainTextResponse(text + "\n", status, headers)
