"""JupyterHub, which spawns us as a single-user server: it lets users in, and hears of activity."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import random
import time
from collections.abc import Callable, Mapping
from urllib.parse import urlencode

from desktopd.http.problems import Problem
from desktopd.integrations.hub import Hub, HubError, HubRefused
from desktopd.refusals import News

log = logging.getLogger(__name__)

REMEMBER_SECONDS = 60.0
APART = 5.0
"""Seconds in which the connections of a user ask again: the first one asks for all of them."""
REMEMBER_TOKENS = 256
RETRY_SECONDS = 15.0


class HubAccess:
    """Lets in whom the hub lets in, and reports activity to it.

    What the hub says of a token holds for REMEMBER_SECONDS, or until its user logs out there.
    """

    session_cookie = "jupyterhub-session-id"

    def __init__(self, hub: Hub, clock: Callable[[], float] = time.monotonic) -> None:
        self._hub = hub
        self._clock = clock
        self._refusals, self._outages = News(), News()
        self._known: dict[bytes, tuple[bool | None, str, float]] = {}
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
        except HubRefused as refused:
            if self._refusals.may_be_told():
                log.warning("%s", refused)
            remedy = "open the desktop once more"
            raise Problem(403, "the hub refused the login", remedy) from None
        except HubError as error:
            raise self._no_answer(error) from None

    def remembers(self, token: str, session: str) -> bool | None:
        """What the hub has said of `token` lately; None where it knew no such token, or no more."""
        admitted, _, until = self._known.get(_key(token, session), (None, "", 0.0))
        return admitted if self._clock() < until else None

    async def admits(self, token: str, session: str, *, known: bool = False) -> bool | None:
        """Whether the user of `token` may use this server; None when the hub knows no such token.

        `session` is the hub's session of that user, which ends with his logout. `known`: see
        Provider. Raises Problem 503.
        """
        key = _key(token, session)
        admitted, _, until = self._known.get(key, (None, "", 0.0))
        if self._clock() < until:
            return admitted
        try:
            user = await self._hub.user(token, known=known)
        except HubError as error:
            raise self._no_answer(error) from None
        admitted = None if user is None else self._hub.lets_in(user.scopes)
        if admitted is False and user is not None and self._refusals.may_be_told():
            log.warning("%s %s may not use this server", user.kind, user.name)
        self._known.pop(key, None)
        while len(self._known) >= REMEMBER_TOKENS:
            # A stranger makes up as many tokens as he likes, and none that lets somebody in.
            others = (one for one, (lets_in, _, _) in self._known.items() if not lets_in)
            del self._known[next(others, next(iter(self._known)))]
        name = "" if user is None else user.name
        self._known[key] = admitted, name, self._clock() + REMEMBER_SECONDS
        return admitted

    def _no_answer(self, error: HubError) -> Problem:
        """Tell the log, as far as any number of strangers may have it told."""
        if self._outages.may_be_told():
            log.error("%s", error)
        again = {"Retry-After": "10"}
        return Problem(503, "the hub does not answer", "try again in a minute", again)

    async def over(self, token: str, session: str) -> None:
        """Return once the hub says that the user of `token` may not use this server any more.

        While it does not answer, whoever is in stays in.
        """
        admitted: bool | None = True
        while admitted:
            _, _, until = self._known.get(_key(token, session), (None, "", 0.0))
            pause = until - self._clock() + random.uniform(0, APART)
            await asyncio.sleep(max(pause, 0.0))
            try:
                admitted = await self.admits(token, session, known=True)
            except Problem:
                await asyncio.sleep(RETRY_SECONDS)
            except Exception:
                log.exception("a sign-in could not be looked at again")
                await asyncio.sleep(RETRY_SECONDS)

    def name(self, token: str, session: str) -> str:
        """What the hub calls the user whom `admits` has just let in."""
        return self._known.get(_key(token, session), (None, "", 0.0))[1]

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


def _key(token: str, session: str) -> bytes:
    """What is kept of a token, and of the hub's session in which it counts."""
    return hashlib.sha256(f"{session}\0{token}".encode()).digest()
