"""What all tests share: where things are, what they may not touch, how many examples they try.

Hypothesis tries 100 examples a test, the same ones every time; `--soak` (`make soak`) tries 1000 and
new ones in every run. A costly test asks for a share: `@settings(max_examples=EXAMPLES // 4)`
with `EXAMPLES = settings.default.max_examples`, never for a number of its own.
"""

from __future__ import annotations

import gc
import shutil
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings

from reportgen.cli.common import cache_folder
from reportgen.fonts import Fonts, ensure_fonts

if TYPE_CHECKING:
    from tests.golden_editions import Editions

ROOT = Path(__file__).resolve().parents[1]

# Machines are shared and slow at times, which is no fault of the code under test.
settings.register_profile("test", max_examples=100, derandomize=True, deadline=None)
settings.register_profile("soak", max_examples=1000, deadline=None)


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("reportgen")
    group.addoption("--soak", action="store_true", help="ten times the generated examples")
    group.addoption("--network", action="store_true", help="also run the tests marked network")
    group.addoption("--update-golden", action="store_true", help="write the golden files anew")
    group.addoption("--update-pictures", action="store_true", help="accept the pages as they look")
    group.addoption("--require-tools", action="store_true", help="fail where a program is absent")


def pytest_configure(config: pytest.Config) -> None:
    settings.load_profile("soak" if config.getoption("--soak") else "test")
    # Tests make millions of small values and few cycles: a sixth of the time went into looking for these.
    gc.set_threshold(200_000, 50, 100)
    if config.cache is not None and not hasattr(config, "workerinput"):
        # No test shall find made what an earlier run has made.
        shutil.rmtree(config.cache.mkdir("fonts") / "stages", ignore_errors=True)


# What takes longest is begun first: a worker that begins it last keeps the others waiting.
LONGEST = (
    "delivery/test_kill", "delivery/test_throughput", "test_changed_stores", "flows/test_build", "test_matrix", "test_fonts", "test_cli", "flows/test_golden",
    "test_never_printed", "site/", "pages/", "test_chart_draw", "sources/test_replay", "docs/test_guide", "flows/",
    "test_choose", "document/",
)  # fmt: skip


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    items.sort(key=_begun)
    # So is what needs the site's archive of a dozen editions, which takes half a minute to make.
    if not (config.getoption("--soak") or config.getoption("--require-tools")):
        later = pytest.mark.skip(reason="thorough; .ci/run and --soak run it")
        for item in items:
            if "thorough" in item.keywords or "archived" in getattr(item, "fixturenames", ()):
                item.add_marker(later)
    if config.getoption("--network"):
        return
    off = pytest.mark.skip(reason="asks a real provider; give --network to run it")
    for item in items:
        if "network" in item.keywords:
            item.add_marker(off)


def _begun(item: pytest.Item) -> int:
    """The place of a test's file among the longest; all others after them."""
    file = item.nodeid.partition("::")[0]
    places = (place for place, part in enumerate(LONGEST) if part in file)
    return next(places, len(LONGEST))


@pytest.fixture(autouse=True)
def _no_network(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only a test marked network may leave this machine; the rest fail at the attempt."""
    if "network" in request.keywords:
        return
    connect = socket.socket.connect

    def connect_here(self: socket.socket, address: Any) -> None:
        if self.family != socket.AF_UNIX and address[0] not in ("127.0.0.1", "::1", "localhost"):
            pytest.fail(f"a test asked for {address}; mark it network, or use a recording")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", connect_here)


@pytest.fixture(autouse=True)
def _one_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tests themselves are on every processor."""
    monkeypatch.setenv("REPORTGEN_PROCESSES", "1")


@pytest.fixture(autouse=True)
def _no_archive_of_the_users(monkeypatch: pytest.MonkeyPatch) -> None:
    """A build looks into the archive: not into that of whoever runs the tests."""
    monkeypatch.setenv("REPORTGEN_ARCHIVE", str(ROOT / "no-archive"))


@pytest.fixture(scope="session")
def root() -> Path:
    """The root of the repository."""
    return ROOT


@pytest.fixture(scope="session")
def shared() -> Callable[[str], Path]:
    """A path in `../shared`, by name; skips the test where it is absent."""

    def find(name: str) -> Path:
        path = ROOT.parent / "shared" / name
        if not path.exists():
            pytest.skip(f"'../shared/{name}' is absent")
        return path

    return find


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    """The address of an S3 server on loopback; keys that it takes are set meanwhile."""
    from moto.server import ThreadedMotoServer

    with pytest.MonkeyPatch.context() as patch:
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            patch.setenv(name, "testing")
        patch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
        server.start()
        try:
            host, port = server.get_host_and_port()
            yield f"http://{host}:{port}"
        finally:
            server.stop()


@pytest.fixture(scope="session")
def font_cache(pytestconfig: pytest.Config) -> Path:
    """A cache folder in which the fonts stand; pytest's own, as making them takes twenty seconds."""
    assert pytestconfig.cache is not None, "run pytest without -p no:cacheprovider"
    folder = pytestconfig.cache.mkdir("fonts")
    made = cache_folder()
    # Set-up has made them once; what is copied is checked by its hash like what stands.
    if made.is_dir() and not any(folder.iterdir()):
        shutil.copytree(made, folder, dirs_exist_ok=True)
    ensure_fonts(folder)
    return folder


@pytest.fixture(scope="session")
def real_fonts(font_cache: Path) -> Fonts:
    """The fonts that notes are set in."""
    return ensure_fonts(font_cache)


@pytest.fixture(scope="session")
def editions(
    tmp_path_factory: pytest.TempPathFactory, font_cache: Path, pytestconfig: pytest.Config
) -> Editions:
    """The editions with golden files, each built when it is first asked for."""
    # Most runs are of a few tests, which need not wait for all that builds an edition.
    from tests.golden_editions import Editions
    from tests.history import past_store

    return Editions(
        tmp_path_factory.mktemp("golden"),
        font_cache,
        lambda: past_store(tmp_path_factory),
        whole=pytestconfig.getoption("--soak"),
    )
