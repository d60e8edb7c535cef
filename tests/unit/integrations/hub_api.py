"""A hub as its servers see it: the variables that it sets, and what they use of its API."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

VARIABLES = {
    "JUPYTERHUB_API_URL": "http://127.0.0.1:8081/lab/hub/api",
    "JUPYTERHUB_API_TOKEN": "0123456789abcdef",
    "JUPYTERHUB_ACTIVITY_URL": "http://127.0.0.1:8081/lab/hub/api/users/ada/activity",
    "JUPYTERHUB_BASE_URL": "/lab/",
    "JUPYTERHUB_CLIENT_ID": "jupyterhub-user-ada",
    "JUPYTERHUB_OAUTH_ACCESS_SCOPES": json.dumps(
        ["access:servers!server=ada/", "access:servers!user=ada"]
    ),
    "JUPYTERHUB_OAUTH_CALLBACK_URL": "/lab/user/ada/oauth_callback",
    "JUPYTERHUB_SERVER_NAME": "",
    "JUPYTERHUB_SERVICE_PREFIX": "/lab/user/ada/",
    "JUPYTERHUB_SERVICE_URL": "http://0.0.0.0:41234/lab/user/ada/",
}
USERS = {
    "token-of-ada": {"kind": "user", "name": "ada", "scopes": ["access:servers!user=ada"]},
    "token-of-bob": {"kind": "user", "name": "bob", "scopes": ["access:servers!user=bob"]},
}


class Api(ThreadingHTTPServer):
    """The part of a hub's API that servers use."""

    asked: list[str]
    told: list[dict[str, Any]]


class Answers(BaseHTTPRequestHandler):
    server: Api

    def do_GET(self) -> None:
        token = self.headers["Authorization"].removeprefix("token ")
        self.server.asked.append(token)
        user = USERS.get(token)
        body = json.dumps(user or {"status": 403}).encode()
        self.send_response(200 if user else 403)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path.endswith("/activity"):
            self.server.told.append(json.loads(body))
            self.send_response(200)
        else:
            self.send_response(400)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Keep the output of the tests clean."""


@contextmanager
def serving() -> Iterator[Api]:
    """The API on a free port of loopback."""
    server = Api(("127.0.0.1", 0), Answers)
    server.asked, server.told = [], []
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def variables(port: int, **more: str) -> dict[str, str]:
    """What the hub whose API listens on `port` tells its server, and `more`."""
    moved = {k: v.replace(":8081", f":{port}") for k, v in VARIABLES.items()}
    return moved | {f"JUPYTERHUB_{k}": v for k, v in more.items()}
