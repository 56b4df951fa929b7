"""A hub in a folder of its own, with a county in it.

With `--database postgresql` the same tests ask a PostgreSQL.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from county import Clock, County
from flask import Flask, has_app_context
from page_client import PageClient
from postgres import Cluster, Database, find_programs
from sharing import alva, anna, bo, family, named  # noqa: F401  fixtures

from kid_wheel import assets, clock, create_app
from kid_wheel.bildstod import compose_all
from kid_wheel.config import Config
from kid_wheel.db import db
from kid_wheel.migrations import upgrade

ROOT = Path(__file__).parent.parent


def pytest_sessionstart(session: pytest.Session) -> None:
    """What is tested is what is served: a script that was changed is bundled again."""
    if not hasattr(session.config, "workerinput"):  # once, before the tests run side by side
        assets.build_assets(ROOT, compose_all)


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Clock:
    standing = Clock()
    monkeypatch.setattr(clock, "now", standing)
    return standing


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--database", choices=("sqlite", "postgresql"), default="sqlite")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On PostgreSQL only what asks a database: the rest has been tried already."""
    if config.getoption("--database") == "postgresql":
        asking = [one for one in items if _asks_a_database(one)]
        config.hook.pytest_deselected(items=[one for one in items if one not in asking])
        items[:] = asking


def _asks_a_database(item: pytest.Item) -> bool:
    uses = "database_url" in getattr(item, "fixturenames", ())
    return uses and not item.get_closest_marker("any_database")


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    programs = find_programs()
    if programs is None:
        pytest.skip("no PostgreSQL: install it (Debian: postgresql)")
    # A socket's address has room for about a hundred letters, and pytest's folders are deep.
    with TemporaryDirectory(prefix="pg-") as folder:
        running = Cluster(programs, Path(folder))
        yield running
        running.stop()


@pytest.fixture(scope="session")
def database(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Database:
    """One with every table, that each test gets without a row."""
    url = cluster.url(cluster.create())
    app = create_app(Config(instance=tmp_path_factory.mktemp("hub"), database=url))
    upgrade(app)
    with app.app_context():
        db.engine.dispose()
    return Database(url)


@pytest.fixture(scope="session")
def database_url(request: pytest.FixtureRequest) -> str:
    """Empty for an SQLite file in the hub's own folder."""
    if request.config.getoption("--database") == "sqlite":
        return ""
    database: Database = request.getfixturevalue("database")
    return database.url


@pytest.fixture(scope="session")
def new_hub(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a hub with keys, every table and no row: each test gets a copy."""
    folder = tmp_path_factory.mktemp("new") / "hub"
    app = create_app(Config(instance=folder, url="https://hub.example", testing=True))
    upgrade(app)
    with app.app_context():
        db.engine.dispose()
    return folder


@pytest.fixture(scope="session")
def only_hub(new_hub: Path, tmp_path_factory: pytest.TempPathFactory, database_url: str) -> Flask:
    """The app that all tests of a process share: its routes, its templates and its questions to the
    database are compiled once. It keeps nothing between requests but in its folder."""
    folder = tmp_path_factory.mktemp("only") / "hub"
    shutil.copytree(new_hub, folder)
    config = Config(instance=folder, url="https://hub.example", testing=True, database=database_url)
    app = create_app(config)
    app.test_client_class = PageClient
    return app


@pytest.fixture
def hub(
    only_hub: Flask, new_hub: Path, time: Clock, request: pytest.FixtureRequest
) -> Iterator[Flask]:
    """A hub as on its first day."""
    folder = Path(only_hub.instance_path)
    shutil.rmtree(folder)
    shutil.copytree(new_hub, folder)
    shared: Database | None = None
    if request.config.getoption("--database") == "postgresql":
        shared = request.getfixturevalue("database")
    yield only_hub
    assert not has_app_context(), "what the next test asks would be answered in this one's context"
    with only_hub.app_context():
        db.engine.dispose()
    if shared:
        shared.empty()


@pytest.fixture
def on_disk(hub: Flask, request: pytest.FixtureRequest) -> Callable[[], bytes]:
    """Every byte that the database has on its disk, its log of changes too."""

    def read() -> bytes:
        files = [path for path in Path(hub.instance_path).glob("hub.sqlite*") if path.is_file()]
        if request.config.getoption("--database") == "postgresql":
            files = request.getfixturevalue("cluster").files()
        assert len(files) > 1
        return b"".join(path.read_bytes() for path in files)

    return read


@pytest.fixture
def client(hub: Flask) -> PageClient:
    return hub.test_client()  # type: ignore[return-value]


@pytest.fixture
def county(hub: Flask) -> County:
    return County(hub)
