# SPDX-License-Identifier: Apache-2.0
"""Models are loaded while another is in use, and unloading waits until loading and its callback have ended."""

import math
import threading

import pytest
from rclpy.logging import get_logger

from optidepthnet_ros.ros.depth_node.model_loader import ModelLoader
from optidepthnet_ros.ros.depth_node.parameters import Parameters


def parameters(path):
    return Parameters(checkpoint=str(path), threads=1, runtime='torch')


@pytest.fixture
def loader(checkpoint_file):
    loader = ModelLoader(get_logger('test'))
    loader.load(parameters(checkpoint_file))
    return loader


@pytest.fixture
def bad(tmp_path):
    path = tmp_path / 'bad.safetensors'
    path.write_bytes(b'no checkpoint')
    return path


def wait_for_end():
    for thread in threading.enumerate():
        if thread.name == 'model_loader':
            thread.join(60)


def test_the_result_names_the_refused_model_and_the_one_that_stays_in_use(loader, checkpoint_file, bad):
    results, before = [], loader.estimator
    loader.load_beside(parameters(bad), results.append)
    wait_for_end()
    assert [(result.wanted, result.used) for result in results] == [
        (parameters(bad).model, parameters(checkpoint_file).model)
    ]
    assert results[0].estimator is before is loader.estimator and str(bad) in loader.problem and not loader.loading


def test_unloading_waits_for_the_callback_of_loading(loader, bad):
    """Otherwise the node could be configured again while the parameter of the previous model is still set."""
    reached, finish = threading.Event(), threading.Event()

    def done(*_):
        reached.set()
        finish.wait(60)

    loader.load_beside(parameters(bad), done)
    assert reached.wait(60)
    unloading = threading.Thread(target=loader.unload)
    unloading.start()
    unloading.join(0.1)
    waits = unloading.is_alive()
    finish.set()
    unloading.join(60)
    assert waits and loader.estimator is None and not loader.loading


def test_a_model_requested_at_the_end_of_loading_is_also_loaded(loader, checkpoint_file, bad):
    results = []

    def done(result):
        results.append(result)
        if len(results) == 1:
            loader.load_beside(parameters(checkpoint_file.with_name('gone')), done)

    loader.load_beside(parameters(bad), done)
    wait_for_end()
    assert [result.wanted.checkpoint for result in results] == [str(bad), str(checkpoint_file.with_name('gone'))]


def test_parameters_that_depend_on_the_model_are_those_of_the_one_in_use(loader, checkpoint_file):
    """With those of the requested model, depth would be cut off or guesses let through until it is loaded."""
    wanted = Parameters(place='indoors', max_depth=50.0)
    assert wanted.farthest_known == 20
    used = loader.with_used(wanted)
    assert used.model == parameters(checkpoint_file).model and used.max_depth == 50
    assert used.farthest_known == math.inf
