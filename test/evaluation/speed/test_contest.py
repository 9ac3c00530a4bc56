# SPDX-License-Identifier: Apache-2.0
"""Contestants really run, in turn; counts equal known values; peers have the parameter counts of their papers."""

import json
from pathlib import Path

import pytest

from optidepthnet_ros.cli import main
from optidepthnet_ros.evaluation.speed.contestant import Contestant, load_peer
from optidepthnet_ros.evaluation.speed.counts import count_costs, count_parameters

PEERS = Path(__file__).resolve().parents[3] / 'experiments' / 'speed' / 'peers'


@pytest.mark.parametrize('network, gmac', [('dvgg', 1.57), ('vgg', 14.97), ('dlite0', 1.47)])
def test_gmac_at_256x512(network, gmac):
    network = Contestant(network, 'torch', 256, 512, 1).build()
    assert count_costs(network, 256, 512).gmac == pytest.approx(gmac, abs=0.01)


@pytest.mark.parametrize('path', sorted(PEERS.glob('*.py')), ids=lambda path: path.stem)
def test_a_peer_has_the_parameter_count_of_its_paper(path):
    peer = load_peer(PEERS, path.stem)
    published, _ = peer.PUBLISHED_PARAMETERS
    assert count_parameters(peer.build()) == pytest.approx(published, rel=0.04)
    assert peer.SOURCE


@pytest.mark.parametrize(
    'name, height, width, gmac',
    [
        ('fastdepth', 224, 224, 0.74),
        ('monodepth2', 192, 640, 8.0),
        ('lite_mono', 192, 640, 5.1),
        ('lite_mono_tiny', 192, 640, 2.9),
        ('zipdepth', 384, 384, 3.0),
    ],
)
def test_a_peer_has_the_multiplications_of_its_paper(name, height, width, gmac):
    assert count_costs(load_peer(PEERS, name).build(), height, width).gmac == pytest.approx(gmac, rel=0.04)


def test_dnano_costs_less_than_pydnet_in_every_count():
    ours, theirs = (
        count_costs(Contestant(name, 'torch', 256, 512, 1, peers=PEERS).build(), 256, 512)
        for name in ('dnano', 'pydnet')
    )
    assert ours.gmac < theirs.gmac / 6 and ours.values < theirs.values / 1.9 and ours.layers < theirs.layers
    assert ours.depthwise_gmac < 0.02 * ours.gmac


@pytest.mark.long
def test_ours_and_a_peer_side_by_side(tmp_path, capsys):
    pytest.importorskip('matplotlib')
    assert (
        main(
            [
                'benchmark',
                'dvgg',
                'pydnet',
                '--peers',
                str(PEERS),
                '--runtimes',
                'torch',
                'torch-cuda',
                '--size',
                '128',
                '256',
                '--rounds',
                '5',
                '--output',
                str(tmp_path),
            ]
        )
        == 0
    )
    content = json.loads((tmp_path / 'benchmark.json').read_text())
    rows = {row['name']: row for row in content['rows']}
    assert {'dvgg, torch', 'pydnet, torch'} <= rows.keys()
    assert rows['pydnet, torch']['parameters'] == 1_971_624 and rows['pydnet, torch']['calls'] == 10
    for row in rows.values():
        assert 0 < row['ms'] <= row['p95_ms'] and row['cpu_ms'] > 0 and row['peak_mb'] > 50
    assert content['rows'][0]['times'] == 1
    printed = capsys.readouterr().out
    assert all(name in printed for name in ('pydnet, torch', 'GMAC')) and (
        tmp_path / 'benchmark.png'
    ).read_bytes().startswith(b'\x89PNG')


@pytest.mark.parametrize(
    'arguments, message',
    [
        (['alexnet'], "network 'alexnet' is not one of vgg, "),
        (['dvgg', '--runtimes', 'tflite'], "runtime 'tflite' is unknown"),
        (['dvgg', '--rounds', '1'], '--rounds is 1, but must be at least 5'),
    ],
)
def test_impossible_arguments_are_refused(arguments, message, capsys):
    assert main(['benchmark', *arguments]) == 2
    assert message in capsys.readouterr().err
