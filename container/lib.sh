# For container/run and tests/run: the virtual environment of this checkout.
# shellcheck shell=bash

repository=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
environment=$repository/.venv

# Prints the first interpreter that is new enough and can make virtual environments. It is tried,
# because a name on PATH may be a shim of a version manager without that version behind it.
find_python() {
    local name
    for name in python3 python3.13 python3.12 python3.11; do
        if "$name" -c 'import sys, ensurepip, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$name"
            return
        fi
    done
    echo "desktopd needs Python 3.11 or newer with the venv module, and found none: install python3.11" \
        "or newer (Debian 12 and 13 and Ubuntu 24.04 have it as python3 and python3-venv)" >&2
    return 1
}

# identity PYTHON: which interpreter that is, the same from inside its virtual environments.
identity() {
    "$1" -c 'import sys; print(sys.base_prefix, sys.version)' 2>/dev/null
}

# What decides whether the installed packages and the built client are still right.
fingerprint() {
    (
        identity "$1"
        cd "$repository" || exit
        find pyproject.toml web \( -name node_modules -o -name __pycache__ \) -prune -o -type f -print0 |
            sort -z | xargs -0 sha256sum
    ) | sha256sum
}

# prepare_environment EXTRAS: .venv with desktopd, its client and the comma-separated extras, first on PATH.
prepare_environment() {
    local extra python wanted stale=''
    python=$(find_python)
    wanted=$(fingerprint "$python")
    [ -e "$repository/desktopd/http/static/index.html" ] || stale=yes
    for extra in ${1//,/ }; do
        [ "$(cat "$environment/.installed-$extra" 2>/dev/null)" = "$wanted" ] || stale=yes
    done
    if [ -n "$stale" ]; then
        echo "installing desktopd[$1] and what it needs into $environment"
        [ "$(identity "$environment/bin/python")" = "$(identity "$python")" ] ||
            "$python" -m venv --clear "$environment"
        "$environment/bin/pip" install --disable-pip-version-check --editable "${repository}[$1]"
        for extra in ${1//,/ }; do
            echo "$wanted" >"$environment/.installed-$extra"
        done
    fi
    export PATH=$environment/bin:$PATH
}
