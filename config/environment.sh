# Sourced by ./start and ./test from the checkout: makes .venv and installs a requirements file into it, once.

say() { printf '%s\n' "$*" >&2; }

give_up() { say "$*"; exit 1; }

# The first Python from 3.11 on that really runs (a version manager's shim may stand for one that does not).
find_python() {
    for candidate in python3.11 python3 python3.12 python3.13 python3.14; do
        if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
            command -v "$candidate"
            return
        fi
    done
    give_up "Steward needs Python 3.11 or newer, and none was found. Install it (Debian, Ubuntu: apt-get install python3 python3-venv), then run this again."
}

has_venv() { "$1" -c 'import ensurepip, venv' >/dev/null 2>&1; }

# Debian keeps venv in a package of its own: root can fetch it, anyone else is told the one line.
need_venv() {
    has_venv "$1" && return
    package=$("$1" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        say "Installing $package, which this Python lacks ..."
        { apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -qy "$package"; } >/dev/null 2>&1 || true
    fi
    has_venv "$1" || give_up "This Python cannot make virtual environments. Type: sudo apt-get install $package   and run this again."
}

make_venv() {
    python=$(find_python) || exit 1
    if command -v uv >/dev/null && uv venv --quiet --clear --seed --python "$python" .venv; then return; fi
    need_venv "$python"
    "$python" -m venv --clear .venv || give_up "The virtual environment could not be made; the reason stands above."
}

install_into_venv() {
    if command -v uv >/dev/null && uv pip install --quiet --python .venv/bin/python -r "$1" -c constraints.txt; then return; fi
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-input -r "$1" -c constraints.txt \
        || give_up "The Python packages could not be installed; the reason stands above. A network or a package mirror is needed once."
}

# environment FILE: afterwards .venv holds what FILE asks for. Skipped when nothing changed since the last time.
environment() {
    wanted=$(cat requirements.txt "$1" constraints.txt | cksum)
    stamp=.venv/.installed-$1
    .venv/bin/python -c 'import pip' >/dev/null 2>&1 || make_venv
    [ "$(cat "$stamp" 2>/dev/null)" = "$wanted" ] && return
    say "Installing the Python packages of $1 into .venv (once; about a minute) ..."
    install_into_venv "$1"
    printf '%s\n' "$wanted" >"$stamp"
}
