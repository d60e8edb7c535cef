"""Debian's Apache with what Open OnDemand's portal has it do: a login, and ways to the nodes."""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha1
from pathlib import Path

from tests.deploy.front import Program, free_port

USER, PASSWORD = "ada", "of-the-portal"
_MODULES = (
    "mpm_event auth_basic authn_core authn_file authz_core authz_user env headers lua "
    "proxy proxy_http proxy_wstunnel"
)
# As OnDemand's ood-portal.conf has them: `node` keeps the path, `rnode` strips it.
_WAYS = {
    "node": ("", r"^[^/]+//[^/]+", ""),
    "rnode": (r"(?<uri>/.*|)", r"^([^/]+//[^/]+)|(?=/)|^([\./]{1,}(?<!/))", "%s"),
}
_WAY = r"""
<LocationMatch "^/{way}/(?<host>[^/]+)/(?<port>\d+){rest}">
    Header edit Location "{location}" "{prefix}"
    Header edit* Set-Cookie ";\s*(?i)Domain[^;]*" ""
    Header edit* Set-Cookie ";\s*(?i)Path[^;]*" ""
    Header edit Set-Cookie "^([^;]+)" "$1; Path=/{way}/%{{MATCH_HOST}}e/%{{MATCH_PORT}}e"
    LuaHookFixups {folder}/node.lua to_node
</LocationMatch>
"""
_MAIN = """
ServerRoot {folder}
ServerName localhost
Listen 127.0.0.1:{port}
User www-data
Group www-data
PidFile {folder}/pid
ErrorLog {folder}/error.log
LogFormat "%r" request
CustomLog {folder}/access.log request
ForceType text/html
DocumentRoot {folder}/portal
<Directory />
    AllowOverride None
</Directory>
"""
_LOGIN = """
<Location />
    AuthType Basic
    AuthName portal
    AuthUserFile {folder}/users
    Require valid-user
</Location>
"""
_LUA = """
function to_node(r)
  local node = r.subprocess_env["MATCH_HOST"] .. ":" .. r.subprocess_env["MATCH_PORT"]
  local protocol = r.headers_in["Upgrade"] and "ws://" or "http://"
  r.handler = "proxy:" .. protocol .. node
  r.filename = r.subprocess_env["MATCH_URI"] or r.uri
  if r.filename == "" then r.filename = "/" end
  r.headers_in["X-Forwarded-Proto"] = r.is_https and "https" or "http"
  r.headers_in["X-Forwarded-User"] = r.user
  return apache2.DECLINED
end
"""


def portal(folder: Path, *, login: bool = True) -> Program:
    """Apache for `folder`/portal and the nodes; with `login` whoever comes signs in as USER."""
    port = free_port()
    # Its workers are of another user.
    folder.chmod(0o711)
    (folder / "portal").mkdir()
    (folder / "node.lua").write_text(_LUA)
    (folder / "users").write_text(f"{USER}:{{SHA}}{_sha(PASSWORD)}\n")
    loaded = (
        f"LoadModule {name}_module /usr/lib/apache2/modules/mod_{name}.so"
        for name in _MODULES.split()
    )
    ways = (
        _WAY.format(
            way=way,
            rest=rest,
            location=location,
            prefix=f"/{way}/%{{MATCH_HOST}}e/%{{MATCH_PORT}}e" if prefix else "",
            folder=folder,
        )
        for way, (rest, location, prefix) in _WAYS.items()
    )
    main = (_MAIN + _LOGIN * login).format(folder=folder, port=port)
    text = "\n".join([*loaded, main, *ways])
    (folder / "apache.conf").write_text(text)
    argv = ["apache2", "-d", str(folder), "-f", str(folder / "apache.conf"), "-D", "FOREGROUND"]
    return Program(argv, port, folder)


def _sha(text: str) -> str:
    return b64encode(sha1(text.encode()).digest()).decode()
