"""JupyterHub, which spawns us as a single-user server: it lets users in, and hears of activity.

Speaks to the hub's REST API, JupyterHub 3 or newer, without its package: the desktop needs no
Jupyter on its side.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import ProxyHandler, Request, build_opener

from desktopd.http.problems import Problem

log = logging.getLogger(__name__)

REQUEST_SECONDS = 10.0
REMEMBER_SECONDS = 300.0
REMEMBER_TOKENS = 256
RETRY_SECONDS = 15.0

_NEEDED = ("API_URL", "API_TOKEN", "CLIENT_ID", "ACTIVITY_URL", "OAUTH_CALLBACK_URL")
# The hub is near, and what we send it is secret.
_opener = build_opener(ProxyHandler({}))


class HubError(Exception):
    """The hub refused a request or did not answer; the text says which and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hub:
    """What the hub tells its server, and what the server asks of the hub.

    `scopes`: one of them lets a user in. `interval`: seconds from one report of activity to the
    next. The others are the variables of the same name.
    """

    api_url: str
    api_token: str
    client_id: str
    activity_url: str
    callback_url: str
    authorize_url: str
    server_name: str
    scopes: frozenset[str]
    interval: float
    secure: bool

    @classmethod
    def of(cls, variables: Mapping[str, str]) -> Hub:
        """The hub of the ``JUPYTERHUB_*`` variables; ValueError names the one that is wrong."""
        given = {name.removeprefix("JUPYTERHUB_"): value for name, value in variables.items()}
        for name in _NEEDED:
            if not given.get(name):
                raise ValueError(
                    f"JUPYTERHUB_{name} is not set: auth=jupyterhub is for servers that "
                    "JupyterHub spawns; start this one with auth=token"
                )
        base = given.get("BASE_URL", "/").rstrip("/")
        return cls(
            api_url=given["API_URL"].rstrip("/"),
            api_token=given["API_TOKEN"],
            client_id=given["CLIENT_ID"],
            activity_url=given["ACTIVITY_URL"],
            callback_url=given["OAUTH_CALLBACK_URL"],
            authorize_url=f"{given.get('HOST', '')}{base}/hub/api/oauth2/authorize",
            server_name=given.get("SERVER_NAME", ""),
            scopes=_scopes(given.get("OAUTH_ACCESS_SCOPES", "")),
            interval=_interval(given.get("ACTIVITY_INTERVAL") or "300"),
            secure=given.get("PUBLIC_URL", "").startswith("https:"),
        )

    def lets_in(self, held: frozenset[str]) -> bool:
        """Whether somebody with these scopes may use this server."""
        return any(scope in held or scope.partition("!")[0] in held for scope in self.scopes)

    async def user(self, token: str) -> dict[str, Any] | None:
        """The user of a token, None when the hub does not know it; raises HubError."""
        try:
            return await self._request(f"{self.api_url}/user", token=token)
        except _Refused as refused:
            if refused.status in (401, 403):
                return None
            raise

    async def access_token(self, code: str, verifier: str) -> str:
        """The token for an authorization code (RFC 6749 section 4.1.3); raises HubError."""
        form = {
            "grant_type": "authorization_code",
            "client_id": self.client_id,
            "client_secret": self.api_token,
            "code": code,
            "code_verifier": verifier,
            "redirect_uri": self.callback_url,
        }
        answer = await self._request(f"{self.api_url}/oauth2/token", urlencode(form).encode())
        return str(answer["access_token"])

    async def report(self, last_activity: float) -> None:
        """Tell when the desktop was last used, in seconds since 1970; raises HubError."""
        moment = datetime.fromtimestamp(last_activity, UTC).isoformat()
        body = {
            "servers": {self.server_name: {"last_activity": moment}},
            "last_activity": moment,
        }
        await self._request(self.activity_url, json.dumps(body).encode(), self.api_token)

    async def _request(
        self, url: str, body: bytes | None = None, token: str | None = None
    ) -> dict[str, Any]:
        headers = {} if token is None else {"Authorization": f"token {token}"}
        request = Request(url, body, headers)
        return await asyncio.to_thread(_ask, request)


class _Refused(HubError):
    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


def _ask(request: Request) -> dict[str, Any]:
    place = f"{request.get_method()} {request.full_url}"
    try:
        with _opener.open(request, timeout=REQUEST_SECONDS) as response:
            answer = json.loads(response.read() or b"{}")
    except HTTPError as error:
        with error:
            raise _Refused(f"{place}: {error.code} {error.reason}", error.code) from None
    except (OSError, ValueError) as error:
        raise HubError(f"{place}: {error}") from None
    if not isinstance(answer, dict):
        raise HubError(f"{place}: expected a JSON object")
    return answer


class HubAccess:
    """Lets in whom the hub lets in, and reports activity to it.

    What the hub says of a token holds for five minutes, or until its user logs out there.
    """

    session_cookie = "jupyterhub-session-id"

    def __init__(self, hub: Hub, clock: Callable[[], float] = time.monotonic) -> None:
        self._hub = hub
        self._clock = clock
        self._known: dict[bytes, tuple[bool | None, float]] = {}
        self.cookie = hub.client_id
        self.secure = hub.secure

    def login_url(self, state: str, challenge: str) -> str:
        """The hub's page that asks for a login and, of others than the owner, for consent."""
        query = {
            "response_type": "code",
            "client_id": self._hub.client_id,
            "redirect_uri": self._hub.callback_url,
            "state": state,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        return f"{self._hub.authorize_url}?{urlencode(query)}"

    async def exchange(self, code: str, verifier: str) -> str:
        """The access token for an authorization code; raises Problem 403 or 503."""
        try:
            return await self._hub.access_token(code, verifier)
        except _Refused as refused:
            log.warning("%s", refused)
            remedy = "open the desktop once more"
            raise Problem(403, "the hub refused the login", remedy) from None
        except HubError as error:
            raise _no_answer(error) from None

    async def admits(self, token: str, session: str) -> bool | None:
        """Whether the user of `token` may use this server; None when the hub knows no such token.

        `session` is the hub's session of that user, which ends with his logout. Raises Problem 503.
        """
        key = hashlib.sha256(f"{session}\0{token}".encode()).digest()
        admitted, until = self._known.get(key, (None, 0.0))
        if self._clock() < until:
            return admitted
        try:
            user = await self._hub.user(token)
        except HubError as error:
            raise _no_answer(error) from None
        admitted = None if user is None else self._hub.lets_in(frozenset(user.get("scopes", ())))
        if admitted is False and user is not None:
            log.warning("%s %s may not use this server", user.get("kind"), user.get("name"))
        self._known.pop(key, None)
        while len(self._known) >= REMEMBER_TOKENS:
            del self._known[next(iter(self._known))]
        self._known[key] = admitted, self._clock() + REMEMBER_SECONDS
        return admitted

    async def run(self, last_input: Callable[[], float | None]) -> None:
        """Report each new input: `last_input` is monotonic, None before the first. Never ends.

        Connections do not count: a desktop that is only looked at, or forgotten in a tab, is idle.
        """
        started = self._clock()
        reported = None
        while True:
            last = last_input() or started
            pause = self._hub.interval
            if last != reported:
                try:
                    await self._hub.report(time.time() - (self._clock() - last))
                    reported = last
                except HubError as error:
                    log.warning("activity not reported: %s", error)
                    pause = min(pause, RETRY_SECONDS)
            await asyncio.sleep(pause)


def connect(variables: Mapping[str, str]) -> HubAccess:
    """What ``auth=jupyterhub`` stands for, by ``JUPYTERHUB_*`` variables; raises ValueError."""
    return HubAccess(Hub.of(variables))


def _no_answer(error: HubError) -> Problem:
    log.error("%s", error)
    return Problem(503, "the hub does not answer", "try again in a minute", {"Retry-After": "10"})


def _scopes(text: str) -> frozenset[str]:
    try:
        scopes = json.loads(text)
    except ValueError:
        scopes = None
    if not isinstance(scopes, list) or not scopes:
        raise ValueError(
            f"JUPYTERHUB_OAUTH_ACCESS_SCOPES={text!r}: expected a list of scopes, which "
            "JupyterHub 3 or newer gives"
        )
    return frozenset(map(str, scopes))


def _interval(text: str) -> float:
    try:
        interval = float(text)
    except ValueError:
        interval = 0.0
    if interval < 1:
        raise ValueError(f"JUPYTERHUB_ACTIVITY_INTERVAL={text!r}: expected seconds, at least 1")
    return interval
