# SPDX-License-Identifier: Apache-2.0
import pytest
import torch

from optidepthnet_ros.network.optidepthnet import build_network
from optidepthnet_ros.training.packed.loop import Loop, LoopOptions
from optidepthnet_ros.training.packed.objective import Objective
from optidepthnet_ros.training.packed.store import SampleStore
from optidepthnet_ros.training.packed.validation import validate
from optidepthnet_ros.training.packed.windows import WindowDrawer

SHAPES = ((48, 64), (33, 97))


@pytest.fixture
def make_loop(store):
    """Return a function that makes the same small training each time."""

    def make(seconds=1000.0, **options):
        drawer = WindowDrawer(store, [0.5, 0.5], 120.0, shapes=SHAPES)
        options = LoopOptions(seconds, 3e-3, 4, 1e-2, focal=120.0, **({'frozen': 0.3} | options))
        return Loop(build_network('dnano', norm='batch'), store, drawer, Objective(0.09, 640.0), options)

    return make


def test_it_learns_depth_from_brightness(make_loop, store):
    loop = make_loop()
    items = list(range(len(store)))
    before = validate(loop.average, store, items, 120.0, 0.09)
    for _ in range(30):
        loop.step(0.2)
    after = validate(loop.average, store, items, 120.0, 0.09)
    assert after.keys() == before.keys() == {(0, 'rendered'), (1, 'measured'), (1, 'teacher')}
    assert after[0, 'rendered'][1] < 0.5 * before[0, 'rendered'][1]


def test_an_encoder_with_rate_zero_stays_as_it_is(make_loop):
    loop = make_loop(encoder_rate=0.0)
    before = {name: parameter.detach().clone() for name, parameter in loop.network.named_parameters()}
    loop.step(0.5)
    for name, parameter in loop.network.named_parameters():
        assert torch.equal(parameter, before[name]) == name.startswith('encoder.'), name


def test_the_finest_layers_of_the_encoder_can_stay_as_they_are(make_loop):
    loop = make_loop(keep_finest=True)
    before = {name: parameter.detach().clone() for name, parameter in loop.network.named_parameters()}
    loop.step(0.5)
    kept = [name for name, parameter in loop.network.named_parameters() if torch.equal(parameter, before[name])]
    assert kept and len({name.split('.')[2] for name in kept}) == 2  # the first two levels
    assert all(name.startswith('encoder.stages.') for name in kept)


def test_it_ends_when_the_time_is_over_and_saves_then(make_loop):
    saved, lines = [], []
    loop = make_loop(seconds=0.5)
    loop.run(lines.append, lambda: saved.append(loop.steps))
    assert saved == [loop.steps] and loop.steps > 0


def test_a_resumed_training_continues_from_the_saved_state(make_loop):
    loop = make_loop()
    for _ in range(3):
        loop.step(0.5)
    again = make_loop()
    again.resume(loop.state())
    assert again.steps == 3
    for name, tensor in loop.average.state_dict().items():
        assert torch.equal(again.average.state_dict()[name], tensor), name
    again.step(0.5)
    assert again.steps == 4


def test_frozen_statistics_stay_and_equal_those_of_the_average(make_loop):
    loop = make_loop(frozen=0.3)
    mean = 'encoder.stages.0.0.norm.running_mean'
    initial = loop.network.get_buffer(mean).clone()
    loop.step(0.69)
    assert not torch.equal(loop.network.get_buffer(mean), initial)
    before = {name: buffer.clone() for name, buffer in loop.average.named_buffers()}
    loop.step(0.7)
    averaged = dict(loop.average.named_buffers())
    for name, buffer in loop.network.named_buffers():
        assert torch.equal(buffer, before[name]), name
        if buffer.is_floating_point():
            torch.testing.assert_close(averaged[name], before[name])


def test_a_gradient_that_is_not_finite_changes_no_weights(make_loop):
    loop = make_loop()
    loop.step(0.5)
    next(loop.network.parameters()).register_hook(lambda gradient: torch.full_like(gradient, torch.nan))
    before = [parameter.clone() for parameter in loop.network.parameters()]
    loop.step(0.5)
    assert all(map(torch.equal, loop.network.parameters(), before))


@pytest.mark.skipif(not torch.cuda.is_available(), reason='torch finds no NVIDIA GPU')
def test_a_recorded_step_does_the_same_as_a_launched_one(packed):
    """The recording reads its random numbers, learning rate and weights at each replay."""
    store = SampleStore(packed, torch.device('cuda'))
    loops = []
    for recorded in (False, True):
        drawer = WindowDrawer(store, [0.5, 0.5], 120.0, shapes=SHAPES[:1])
        options = LoopOptions(1000.0, 3e-3, 4, 1e-2, 0.3, 120.0)
        loop = Loop(build_network('dnano', norm='batch'), store, drawer, Objective(0.09, 640.0), options)
        if recorded:
            loop.plan()
        for index in range(23 - 3 * recorded):
            loop.step(0.1 if index % 2 else 0.6)
        loops.append(loop)
    launched, replayed = (validate(loop.average, store, [0, 1, 2, 3], 120.0, 0.09)[0, 'rendered'][1] for loop in loops)
    assert replayed == pytest.approx(launched, rel=0.3)
