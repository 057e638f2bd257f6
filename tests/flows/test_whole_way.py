"""From an empty store to an edition, with the embedded figures out of reach: nothing is read of them."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from reportgen.lineage import figure_entry
from reportgen.spec.methods import methods
from tests.flows.leaks import leaks
from tests.flows.live import KEY, command_line, environment
from tests.making import ROOT, TEMPLATES, computed, publication
from tests.sources.replay import Replay


@dataclass(frozen=True, slots=True)
class Way:
    """What was printed on the way, the edition at its end, and the folder of everything written."""

    fetched: CompletedProcess[str]
    built: CompletedProcess[str]
    snapshot: CompletedProcess[str]
    edition: Path
    folder: Path


@pytest.fixture(scope="module")
def way(font_cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Way:
    folder = tmp_path_factory.mktemp("way")
    package = tmp_path_factory.mktemp("package")
    shutil.copytree(
        ROOT / "reportgen", package / "reportgen", ignore=shutil.ignore_patterns("snapshot")
    )
    run = command_line(folder, font_cache, package)
    held = ("--templates", str(TEMPLATES), "--store", str(folder / "store"))
    build = ("build", "--data", "store", "--output", str(folder / "output"), *held)
    with Replay() as replay:
        fetched = run("fetch", *held, said=environment(replay))
    return Way(
        fetched,
        run(*build, said={"FRED_API_KEY": KEY}),
        run("figures", "--data", "snapshot", *held),
        folder / "output" / "us-treasuries" / "2026-10" / "r1",
        folder,
    )


@pytest.mark.thorough
def test_the_embedded_figures_are_out_of_reach(way: Way) -> None:
    assert way.snapshot.returncode != 0


@pytest.mark.thorough
def test_an_edition_comes_of_an_empty_store(way: Way) -> None:
    assert way.built.returncode == 0, way.built.stderr
    assert way.built.stdout == f"{way.edition}\n"


@pytest.mark.thorough
def test_every_figure_of_the_edition_is_that_of_the_snapshot(way: Way) -> None:
    got = json.loads((way.edition / "lineage.json").read_bytes())["figures"]
    told = methods(publication())
    for id_, figure in computed().figures.items():
        expected = figure_entry(figure, told[id_])
        for part in ("text", "value", "unit", "period", "missing"):
            assert got[id_].get(part) == expected.get(part), id_
    assert got.keys() == computed().figures.keys()


@pytest.mark.thorough
def test_every_observation_comes_from_the_providers_own_answers(way: Way) -> None:
    ledger = json.loads((way.edition / "lineage.json").read_bytes())
    cited = [seen for each in ledger["figures"].values() for seen in each["observations"]]
    # Each names agency and series, and in brackets who was asked.
    told = {seen["source"].rpartition(" ")[2] for seen in cited}
    assert told == {"(fred)", "(treasury)", "(fiscaldata)", "(tic)", "(cftc)", "(bls)"}
    assert {seen["basis"] for seen in cited} == {"seen"}


@pytest.mark.thorough
def test_the_key_stands_nowhere(way: Way) -> None:
    for done in (way.fetched, way.built):
        assert KEY not in done.stdout + done.stderr
    assert leaks(way.folder, KEY) == []
    assert leaks(way.folder, "us-treasuries")
