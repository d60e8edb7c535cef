# For container/run and tests/run: what is installed for this checkout, step by step.
# shellcheck shell=bash

repository=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
environment=$repository/.venv
log=$repository/.install.log
STEPS=5
MANY=10 # System packages that are missing where nothing was installed before.
installed_something=''

# step NUMBER WORDS COMMAND...: runs a command whose output goes to the log, and counts the seconds.
step() {
    local number=$1 words=$2 started=$SECONDS ticker='' status=0
    shift 2
    [ -n "$installed_something" ] || : >"$log"
    installed_something=yes
    if [ -t 1 ]; then
        count_seconds "[$number/$STEPS] $words" &
        ticker=$!
    else
        echo "[$number/$STEPS] $words"
    fi
    "$@" >>"$log" 2>&1 || status=$?
    if [ -n "$ticker" ]; then
        kill "$ticker" 2>/dev/null || true
        wait "$ticker" 2>/dev/null || true
        printf '\r\033[K[%s/%s] %s: %s s\n' "$number" "$STEPS" "$words" $((SECONDS - started))
    fi
    if [ "$status" != 0 ]; then
        tail -n 20 "$log" >&2
        echo "Step $number ($words) failed with status $status; all that it printed is in $log" >&2
        exit "$status"
    fi
}

# count_seconds WORDS: until this script ends, or is done with the step.
count_seconds() {
    local seconds=0
    while kill -0 $$ 2>/dev/null; do
        printf '\r\033[K%s … %s s' "$1" $seconds
        sleep 1
        seconds=$((seconds + 1))
    done
}

# may_install: asks for a password now, since nothing but the seconds is seen of a step.
may_install() {
    [ "$(id -u)" = 0 ] || { command -v sudo >/dev/null && sudo -v; }
}

# install_packages [VARIANT|test]: the system packages, as container/install has them.
install_packages() {
    local missing count size=''
    missing=$("$repository/container/install" --missing "$@")
    [ -n "$missing" ] || return 0
    if ! may_install; then
        cat >&2 <<END
System packages are missing here ($(wc -w <<<"$missing")), and this user may not install them. Ask an administrator of
this machine to run the following as root, then start this again; it needs no further rights, but 1.5 GB for
$repository:

    apt-get update && apt-get install --yes --no-install-recommends $missing
END
        told_of_closed_folder || true
        exit 1
    fi
    count=$(wc -w <<<"$missing")
    [ "$count" -lt "$MANY" ] || size=': about 1.2 GB, in one to five minutes'
    echo "Installing what is missing$size. The details go to $log"
    step 1 "System packages: $count to install" "$repository/container/install" "$@"
}

# told_of_closed_folder: whether the checkout, in which the Python packages are installed, is closed to this user.
told_of_closed_folder() {
    if [ -w "$repository" ]; then return 1; fi
    echo "This user cannot write to $repository, where Python packages are installed: take a checkout of your own," \
        "or have whoever owns this one run container/run there once" >&2
}

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

# is_where_it_was_made: whether the virtual environment, which cannot be moved, has not been moved with the checkout.
is_where_it_was_made() {
    [[ $(cat "$environment/pyvenv.cfg" 2>/dev/null) == *" $environment"* ]]
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
    is_where_it_was_made || stale=yes
    for extra in ${1//,/ }; do
        [ "$(cat "$environment/.installed-$extra" 2>/dev/null)" = "$wanted" ] || stale=yes
    done
    if [ -n "$stale" ]; then
        if told_of_closed_folder; then exit 1; fi
        { is_where_it_was_made && [ "$(identity "$environment/bin/python")" = "$(identity "$python")" ]; } ||
            step 2 "Python environment in $environment" "$python" -m venv --clear "$environment"
        step 3 "Python packages, napari among them" install_requirements "$1"
        step 4 "desktopd and its page" "$environment/bin/pip" install --disable-pip-version-check \
            --no-deps --editable "$repository"
        for extra in ${1//,/ }; do
            echo "$wanted" >"$environment/.installed-$extra"
        done
    fi
    export PATH=$environment/bin:$PATH
}

install_requirements() {
    (cd "$repository" && "$environment/bin/python" container/requirements.py --extras "$1") |
        "$environment/bin/pip" install --disable-pip-version-check --requirement /dev/stdin
}
