"""The REST API of JupyterHub 3 or newer, as one of its servers uses it, without its package.

The desktop needs no Jupyter on its side. Who is let in and what is reported is for `jupyterhub`.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request

from desktopd.integrations.whole_answer import fetch
from desktopd.threads import Threads

REQUEST_SECONDS = 10.0
"""For a connection to each address of the hub, and for all of the answer."""
LONGEST_ANSWER = 1 << 20
THREADS, THREADS_OF_KNOWN = 32, 16

_NEEDED = ("API_URL", "API_TOKEN", "CLIENT_ID", "ACTIVITY_URL", "OAUTH_CALLBACK_URL")


class HubError(Exception):
    """The hub refused a request, or gave no answer that is one; the text says which and why."""


class HubRefused(HubError):
    """The hub refused a request: with which `status` of HTTP."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True, slots=True)
class HubUser:
    """Whom the hub knows by a token: `kind` is user or service, and `scopes` what he may do."""

    kind: str
    name: str
    scopes: frozenset[str]


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
    _threads: Threads = field(
        default_factory=lambda: Threads(THREADS, "hub"), repr=False, compare=False
    )
    _threads_of_known: Threads = field(
        default_factory=lambda: Threads(THREADS_OF_KNOWN, "hub-known"), repr=False, compare=False
    )

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

    async def user(self, token: str, *, known: bool = False) -> HubUser | None:
        """The user of a token, None when the hub does not know it; raises HubError.

        The question of one who is `known` waits for none of strangers.
        """
        url = f"{self.api_url}/user"
        try:
            answer = await self._request(url, token=token, known=known)
        except HubRefused as refused:
            if refused.status in (401, 403):
                return None
            raise
        scopes = answer.get("scopes")
        if not isinstance(scopes, list):
            raise HubError(f"{url}: expected a list of scopes")
        # A service has a name too, and may have none of the rest.
        kind, name = (str(answer.get(key) or "") for key in ("kind", "name"))
        return HubUser(kind, name, frozenset(s for s in scopes if isinstance(s, str)))

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
        url = f"{self.api_url}/oauth2/token"
        token = (await self._request(url, urlencode(form).encode())).get("access_token")
        if not isinstance(token, str):
            raise HubError(f"{url}: expected an access_token")
        return token

    async def report(self, last_activity: float) -> None:
        """Tell when the desktop was last used, in seconds since 1970; raises HubError."""
        moment = datetime.fromtimestamp(last_activity, UTC).isoformat()
        body = {
            "servers": {self.server_name: {"last_activity": moment}},
            "last_activity": moment,
        }
        told = json.dumps(body).encode()
        await self._request(self.activity_url, told, self.api_token, known=True)

    async def _request(
        self,
        url: str,
        body: bytes | None = None,
        token: str | None = None,
        *,
        known: bool = False,
    ) -> dict[str, Any]:
        headers = {} if token is None else {"Authorization": f"token {token}"}
        request = Request(url, body, headers)
        # Strangers shall not fill the pool that everything else shares.
        loop = asyncio.get_running_loop()
        threads = self._threads_of_known if known else self._threads
        return await loop.run_in_executor(threads, _ask, request)


def _ask(request: Request) -> dict[str, Any]:
    place = f"{request.get_method()} {request.full_url}"
    try:
        answer = json.loads(fetch(request, REQUEST_SECONDS, LONGEST_ANSWER) or b"{}")
    except HTTPError as error:
        with error:
            if 300 <= error.code < 400:
                told = f"{place}: {error.code}: the hub sends elsewhere, which is not followed"
                raise HubError(told) from None
            raise HubRefused(f"{place}: {error.code} {error.reason:.300}", error.code) from None
    except (OSError, HTTPException, ValueError, RecursionError) as error:
        raise HubError(f"{place}: {(str(error) or type(error).__name__)[:300]}") from None
    if not isinstance(answer, dict):
        raise HubError(f"{place}: expected a JSON object")
    return answer


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
