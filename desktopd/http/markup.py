"""The few HTML pages that are made here: they need neither a script nor the built client.

test_login and test_app test them.
"""

from __future__ import annotations

import base64
import hashlib
from html import escape

_STYLE = """
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { display: grid; place-items: center; min-height: 100vh; margin: 0; }
main { width: min(26rem, 90vw); }
h1 { font-size: 1.25rem; margin: 0 0 1rem; }
h1::first-letter { text-transform: uppercase; }
form { display: grid; gap: 0.75rem; }
input, button { font: inherit; padding: 0.5rem 0.75rem; box-sizing: border-box; width: 100%; }
"""

STYLE_SOURCE = f"'sha256-{base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()}'"
"""The CSP source that lets the style of these pages, and nothing else, be inline."""


def document(title: str, body: str) -> str:
    """An HTML document; `title` is text, `body` is markup."""
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)} - desktopd</title><style>{_STYLE}</style></head>"
        f"<body><main>{body}</main></body></html>"
    )


def login_form(action: str, after: str, error: str) -> str:
    """The page that asks for the token; `action` and `after` are relative URLs, `error` text."""
    message = f'<p role="alert">{escape(error)}</p>' if error else ""
    return document(
        "Log in",
        f"<h1>This desktop needs a token</h1>{message}"
        f'<form method="post" action="{escape(action)}">'
        '<label>Token <input type="password" name="token" required autofocus'
        ' autocomplete="current-password"></label>'
        f'<input type="hidden" name="next" value="{escape(after)}">'
        "<button>Open the desktop</button></form>"
        "<p>The token is part of the address that desktopd prints when it starts.</p>",
    )
