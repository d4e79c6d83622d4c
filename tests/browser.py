"""A Chromium for the browser journeys: named, or installed, or fetched from Debian as the user's rights allow."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"]
# Playwright's driver needs libatomic1, which installing Chromium does not bring; without fonts pages have no text.
PACKAGES = ["chromium", "libatomic1", "fonts-dejavu-core"]
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking"]
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "steward" / "chromium"
FONTS = """<fontconfig><include ignore_missing="yes">/etc/fonts/fonts.conf</include>
<dir>{fonts}</dir><cachedir>{cache}</cachedir></fontconfig>
"""


class BrowserMissing(Exception):
    """No Chromium could be had; the message says why."""


def browser_environment() -> dict[str, str]:
    """What the environment must hold for the journeys: `STEWARD_CHROMIUM` and, for a fetched one, its libraries.

    Raises BrowserMissing when there is none and none can be fetched.
    """
    for environment in _candidates():
        if _works(environment):
            return environment
    if os.environ.get("STEWARD_CHROMIUM"):
        raise BrowserMissing("STEWARD_CHROMIUM names a program that does not run as a headless Chromium.")
    return _fetched()


def _candidates() -> Iterator[dict[str, str]]:
    named = os.environ.get("STEWARD_CHROMIUM")
    found = [named] if named else [path for name in NAMES if (path := shutil.which(name))]
    yield from ({"STEWARD_CHROMIUM": path} for path in found)
    if not named and (CACHE / "root").exists():
        yield _unpacked()


def _works(environment: Mapping[str, str]) -> bool:
    """Chromium prints a page's text, and Playwright's driver starts beside it."""
    page = ["--headless", *FLAGS, "--dump-dom", "data:text/html,<p>steward</p>"]
    driver = [sys.executable, "-m", "playwright", "--version"]
    return "<p>steward" in _output([environment["STEWARD_CHROMIUM"], *page], environment) and bool(
        _output(driver, environment)
    )


def _output(command: list[str], environment: Mapping[str, str]) -> str:
    try:
        run = subprocess.run(
            command, capture_output=True, text=True, timeout=90, env={**os.environ, **environment}
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return run.stdout if run.returncode == 0 else ""


def _fetched() -> dict[str, str]:
    if shutil.which("apt-get") is None:
        raise BrowserMissing(_advice("none is installed, and there is no apt-get to fetch it with"))
    print("Fetching Chromium for the browser journeys (once) ...", flush=True)
    try:
        environment = _installed() if os.geteuid() == 0 else _downloaded()
    except subprocess.CalledProcessError as error:
        raise BrowserMissing(_advice(f"apt-get could not fetch it: {error.stderr.strip()[-600:]}")) from None
    if not _works(environment):
        raise BrowserMissing(
            _advice(f"the one that was fetched ({environment['STEWARD_CHROMIUM']}) does not run here")
        )
    return environment


def _advice(reason: str) -> str:
    return (
        f"The browser journeys need Chromium: {reason}. Install it (Debian: apt-get install {' '.join(PACKAGES)}), "
        "or name one in STEWARD_CHROMIUM, or leave the journeys out with ./test --no-browser."
    )


def _installed() -> dict[str, str]:
    """Root: Debian's packages."""
    _run(["apt-get", "update"])
    _run(["apt-get", "install", "-y", "--no-install-recommends", *PACKAGES])
    return {"STEWARD_CHROMIUM": shutil.which("chromium") or "/usr/bin/chromium"}


def _downloaded() -> dict[str, str]:
    """An ordinary user: the packages this machine lacks, unpacked into a cache folder of the user's own."""
    for folder in ("state/lists/partial", "cache/archives/partial"):
        (CACHE / folder).mkdir(parents=True, exist_ok=True)
    options = [
        "-o",
        f"Dir::State={CACHE}/state",
        "-o",
        f"Dir::Cache={CACHE}/cache",
        "-o",
        "Debug::NoLocking=1",
    ]
    _run(["apt-get", *options, "update"])
    _run(["apt-get", *options, "install", "-y", "--download-only", "--no-install-recommends", *PACKAGES])
    unpacking = CACHE / "unpacking"
    shutil.rmtree(unpacking, ignore_errors=True)
    for package in (CACHE / "cache" / "archives").glob("*.deb"):
        _run(["dpkg-deb", "-x", str(package), str(unpacking)])
    shutil.rmtree(CACHE / "cache")
    unpacking.rename(CACHE / "root")
    return _unpacked()


def _unpacked() -> dict[str, str]:
    root = CACHE / "root"
    libraries = [*root.glob("usr/lib/*-linux-gnu*"), *root.glob("lib/*-linux-gnu*")]
    libraries += [folder / "pulseaudio" for folder in libraries]
    fonts = CACHE / "fonts.conf"
    fonts.write_text(FONTS.format(fonts=root / "usr/share/fonts", cache=CACHE / "fonts"))
    return {
        "STEWARD_CHROMIUM": str(root / "usr/lib/chromium/chromium"),
        **({"LD_LIBRARY_PATH": os.pathsep.join(map(str, libraries))} if libraries else {}),
        "FONTCONFIG_FILE": str(fonts),
    }


def _run(command: list[str]) -> None:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(command, check=True, capture_output=True, text=True, env=environment)
