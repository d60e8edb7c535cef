"""The few HTML pages that are made here: they need neither a script nor the built client.

test_login and test_app test them.
"""

from __future__ import annotations

import base64
import hashlib
from html import escape

from desktopd.http.language import Language
from desktopd.http.translations import translated

# The colours are those of web/src/page/style.css.
_STYLE = """
:root {
  --ground: #262930; --raised: #30343d; --edge: #414851; --text: #d8dadd; --quiet: #9da2aa;
  --accent: #6fa3e8; --bad: #f0857d; --field: #1e2026; --on-accent: #14161a;
  color-scheme: dark light; font: 15px/1.5 system-ui, sans-serif;
}
@media (prefers-color-scheme: light) {
  :root {
    --ground: #f6f7f9; --raised: #e9ecf0; --edge: #b4bac3; --text: #1d2127; --quiet: #545b66;
    --accent: #1f5fb8; --bad: #b02a20; --field: #ffffff; --on-accent: #ffffff;
  }
}
*, ::before, ::after { box-sizing: border-box; }
body {
  display: grid; place-items: center; min-height: 100vh; min-height: 100dvh; margin: 0;
  padding: 1rem; background: var(--ground); color: var(--text);
}
main { display: grid; gap: 0.9rem; width: min(28rem, 100%); overflow-wrap: anywhere; }
h1 { font-size: 1.6rem; font-weight: 500; line-height: 1.2; margin: 0; }
h1::first-letter { text-transform: uppercase; }
p { margin: 0; color: var(--quiet); }
p[role=alert] { color: var(--bad); }
.banner {
  padding: 0.5em 0.8em; border: 1px solid var(--edge); border-radius: 6px;
  background: var(--raised); color: var(--text); white-space: pre-line;
}
form, label { display: grid; gap: 0.4rem; }
form { gap: 0.9rem; }
input, button {
  width: 100%; min-height: 44px; padding: 0.5em 0.8em; border: 1px solid var(--quiet);
  border-radius: 6px; background: var(--field); color: inherit; font: inherit; font-size: 16px;
}
button {
  border-color: var(--accent); background: var(--accent); color: var(--on-accent); cursor: pointer;
}
a { color: var(--accent); }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
"""

STYLE_SOURCE = f"'sha256-{base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()}'"
"""The CSP source that lets the style of these pages, and nothing else, be inline."""


def document(title: str, body: str, language: Language = Language.ENGLISH) -> str:
    """An HTML document; `title` is text, `body` is markup."""
    return (
        f'<!doctype html><html lang="{language.tag}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)} - desktopd</title><style>{_STYLE}</style></head>"
        f"<body><main>{body}</main></body></html>"
    )


def login_form(action: str, after: str, error: str, language: Language, banner: str = "") -> str:
    """The page that asks for the token; `action` and `after` are relative URLs, the others text."""

    def text(sentence: str) -> str:
        return escape(translated(sentence, language))

    note = f'<p class="banner" role="note">{escape(banner)}</p>' if banner else ""
    message = f'<p role="alert">{escape(error)}</p>' if error else ""
    return document(
        translated("Log in", language),
        f"{note}<h1>{text('This desktop needs a token')}</h1>{message}"
        f'<form method="post" action="{escape(action)}">'
        f'<label>{text("Token")} <input type="password" name="token" required autofocus'
        ' autocomplete="current-password"></label>'
        f'<input type="hidden" name="next" value="{escape(after)}">'
        f"<button>{text('Open the desktop')}</button></form>"
        f"<p>{text('The token is part of the address that desktopd prints when it starts.')}</p>",
        language,
    )
