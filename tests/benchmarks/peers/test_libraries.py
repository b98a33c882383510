"""The compared libraries: names, files, settings."""

import json
from dataclasses import replace

import pytest

from benchmarks.peers.libraries import FOLDER, PEERS, parse_peers, with_gated_first
from gated.errors import UsageError
from tests.benchmarks.peers.examples import two_series


def test_libraries_are_chosen_by_name():
    assert [peer.name for peer in parse_peers(",".join(PEERS))] == list(PEERS)


def test_a_configuration_or_a_method_is_chosen_after_a_colon():
    chosen = parse_peers("statsforecast:AutoETS,darts:default,statsforecast:AutoTheta")
    names = {peer.name: [(one.method, one.name) for one in peer.configurations] for peer in chosen}
    assert names == {
        "statsforecast": [("AutoETS", "default"), ("AutoTheta", "default")],
        "darts": [("LSTM", "default"), ("GRU", "default")],
    }


@pytest.mark.parametrize("text", ["fracast", "fracast,gated:fine-tuned", "gated"])
def test_gated_with_its_defaults_is_always_first(text):
    ours, *others = with_gated_first(parse_peers(text))
    assert ours.name == "gated"
    assert ours.configurations[0].name == "default"
    assert (len(ours.configurations) == 2) == (text != "fracast")
    assert "gated" not in [peer.name for peer in others]


@pytest.mark.parametrize(
    "names", ["darts,prophet", "darts,darts", "", "darts:tuned", "darts,darts:default"]
)
def test_an_unknown_library_lists_the_known_ones(names):
    with pytest.raises(UsageError, match=r"--peers is .*neuralforecast,darts"):
        parse_peers(names)


@pytest.mark.parametrize("peer", PEERS.values(), ids=lambda peer: peer.name)
def test_every_library_has_a_worker_requirements_and_settings_as_json(peer):
    assert peer.worker.is_file()
    assert peer.requirements.is_file()
    compile(peer.worker.read_text(encoding="utf-8"), str(peer.worker), "exec")
    names = [(one.title, one.name) for one in peer.configurations]
    assert len(set(names)) == len(names)
    for configuration in peer.configurations:
        assert configuration.source
        json.dumps({**configuration.settings(two_series()), **peer.trial})


def test_the_anchor_is_of_hourly_data_only():
    names = {
        season: [
            one.name
            for one in PEERS["neuralforecast"].configurations_for(
                replace(two_series(), season_length=season)
            )
        ]
        for season in (24, 4)
    }
    assert names == {24: ["default", "recommended", "anchor"], 4: ["default", "recommended"]}


def test_the_makefile_installs_every_library():
    text = (FOLDER.parents[1] / "Makefile").read_text(encoding="utf-8")
    [names] = [line for line in text.splitlines() if line.startswith("PEER_NAMES :=")]
    assert names.split()[2:] == list(PEERS)
