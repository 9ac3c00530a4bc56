# SPDX-License-Identifier: Apache-2.0
"""Every runtime gives the results of torch or is refused; `auto` selects the fastest and remembers it."""

import hashlib
import json
import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import replace

import numpy as np
import pytest
import torch

from optidepthnet_ros.checkpoints.self_test import SelfTest
from optidepthnet_ros.geometry.camera import Camera
from optidepthnet_ros.inference import DepthEstimator
from optidepthnet_ros.inference.runtimes import RUNTIMES, RuntimeUnusable, Workload, build, start, timing_cache
from optidepthnet_ros.inference.runtimes.model_cache import MOST_FILES, keep, recall
from optidepthnet_ros.inference.runtimes.openvino_cpu import MOST_SHAPES, OpenVino
from optidepthnet_ros.inference.runtimes.runtime import FLOAT32
from optidepthnet_ros.inference.runtimes.torch_eager import TorchEager
from optidepthnet_ros.inference.runtimes.torch_network import TorchNetwork
from optidepthnet_ros.network.finest import Finest

SHAPE = (1, 3, 128, 384)


@pytest.fixture(scope='module')
def network(untrained_checkpoint):
    finest = Finest(untrained_checkpoint.folded)
    return TorchNetwork('', lambda: finest)


@pytest.fixture(scope='module')
def workload(network):
    def answer(pixels):
        with torch.inference_mode():
            return network.module(torch.from_numpy(pixels)).numpy()

    return Workload(network, SelfTest.of(answer), SHAPE, 1, 'dnano in a test')


@pytest.fixture
def small():
    """Return a network that OpenVINO compiles quickly."""
    pytest.importorskip('openvino')
    module = torch.nn.Sequential(torch.nn.Conv2d(3, 32, 3), torch.nn.Sigmoid()).eval().requires_grad_(False)
    return TorchNetwork('small', lambda: module)


@pytest.mark.parametrize('name', RUNTIMES)
def test_a_runtime_gives_the_results_of_torch_at_any_size_and_batch(name, workload):
    if obstacle := RUNTIMES[name].obstacle():
        pytest.skip(obstacle)
    if name == 'torch-compiled' and not os.environ.get('TEST_TORCH_COMPILED'):
        pytest.skip('compiles for minutes: set TEST_TORCH_COMPILED=1 to test it')
    runtime = build(name, workload)
    for shape in (SHAPE, (2, 3, 128, 256)):
        pixels = np.random.default_rng(0).random(shape, np.float32)
        with torch.inference_mode():
            expected = workload.network.module(torch.from_numpy(pixels)).numpy()
        disparity = runtime(pixels)
        assert disparity.dtype == np.float32
        np.testing.assert_allclose(disparity, expected, rtol=RUNTIMES[name].TOLERANCE)


@pytest.mark.parametrize('name', ['torch', 'openvino', 'onnxruntime'])
@pytest.mark.skipif(len(os.sched_getaffinity(0)) < 2, reason='there is one core only')
def test_a_runtime_does_not_pin_itself_to_cores(name, workload):
    if obstacle := RUNTIMES[name].obstacle():
        pytest.skip(obstacle)
    runtime, pixels = build(name, workload), np.zeros(SHAPE, np.float32)
    with ThreadPoolExecutor(1) as worker:
        own = worker.submit(threading.get_native_id).result()
        running = worker.submit(lambda: [runtime(pixels) for _ in range(5)])
        seen = set()
        while not running.done():
            seen.add(frozenset(os.sched_getaffinity(own)))
            wait([running], timeout=0.001)  # the runtime also needs the interpreter
    assert seen == {frozenset(os.sched_getaffinity(0))}


def test_a_runtime_with_wrong_results_is_refused_with_the_error_figure(workload):
    test = workload.self_test
    other = replace(workload, self_test=SelfTest(test.seed, (1.25 * test.expected[0], *test.expected[1:])))
    with pytest.raises(RuntimeUnusable, match="'torch' is refused: its self-test is off by 20.00%, more than 0.10%"):
        build('torch', other)
    with pytest.raises(RuntimeUnusable, match='is refused: its self-test is off by 20.00%'):
        start('auto', other)


def test_a_network_with_output_near_zero_is_compared_by_absolute_error(workload):
    def nothing(pixels):
        return np.zeros((1, 2, *pixels.shape[2:]), np.float32)

    test = SelfTest.of(nothing)
    assert test.error(nothing) == 0
    assert (
        test.error(lambda pixels: nothing(pixels) + 1e-8) < FLOAT32 < test.error(lambda pixels: nothing(pixels) + 1e-6)
    )


def test_a_damaged_compiled_model_is_compiled_again(small, cache):
    """Its size is one that no self-test runs at: nothing else would check its answers."""
    pixels = np.random.default_rng(0).random((1, 3, 96, 160), np.float32)
    expected = OpenVino(small, 1)(pixels).copy()
    (file,) = (cache.parent / 'models').iterdir()
    content = file.read_bytes()
    weights = small.module[0].weight.numpy().tobytes()[:64]
    file.write_bytes(content.replace(weights, bytes(64)))
    assert file.read_bytes() != content
    np.testing.assert_array_equal(OpenVino(small, 1)(pixels), expected)
    assert weights in file.read_bytes()


def test_several_runtimes_compile_at_the_same_time(small):
    """None must read a file that another one is deleting or has not finished writing."""
    runtimes = [OpenVino(small, 1) for _ in range(4)]
    with ThreadPoolExecutor(len(runtimes)) as pool:
        for width in range(64, 160, 32):
            shape = (1, 3, 32, width)
            answers = list(pool.map(lambda runtime, shape=shape: runtime(np.zeros(shape, np.float32)).copy(), runtimes))
            assert all(np.array_equal(answers[0], answer) for answer in answers)


def test_a_cached_model_that_openvino_refuses_is_compiled_again(small, cache):
    """For example a model compiled by another build of the same version."""
    pixels = np.random.default_rng(0).random((1, 3, 96, 160), np.float32)
    expected = OpenVino(small, 1)(pixels).copy()
    (file,) = (cache.parent / 'models').iterdir()
    other = b'compiled by another one'
    file.write_bytes(hashlib.sha256(other).digest() + other)
    np.testing.assert_array_equal(OpenVino(small, 1)(pixels), expected)


def test_the_most_recently_used_models_are_kept(cache):
    for number in range(MOST_FILES):
        keep('network', f'{number}', b'%d' % number)
        for file in (cache.parent / 'models').iterdir():
            os.utime(file, (file.stat().st_atime, file.stat().st_mtime - 1))
    assert recall('network', '0') == b'0'
    keep('network', 'one more', b'')
    assert recall('network', '0') == b'0' and recall('network', '1') is None
    assert recall('network', '2') == b'2' and recall('network', 'one more') == b''
    assert recall('another network', '2') is None
    keep('', 'of a network without a file', b'')
    assert recall('', 'of a network without a file') is None


def test_later_starts_need_no_torch_and_there_is_no_telemetry(checkpoint_file, cache, monkeypatch):
    """Importing torch takes seconds: a shipped model never needs it, any other network only at its first start.

    Later starts give the answers of the first.

    ONNX Runtime's telemetry would leave files in the user's cache, except where it believes that it runs in CI.
    """
    starts = ('openvino', 'onnxruntime')
    for name in starts:
        if obstacle := RUNTIMES[name].obstacle():
            pytest.skip(obstacle)
    shape, camera = (96, 128, 3), (128, 96, 240.0, 240.0, 63.5, 47.5)
    first = [
        DepthEstimator.from_file(checkpoint_file, 1, start).estimate(np.ones(shape, np.uint8), Camera(*camera)).depth
        for start in starts
    ]
    code = f"""if True:
        import sys
        import numpy as np
        from optidepthnet_ros import Camera, DepthEstimator
        from optidepthnet_ros.checkpoints.models import shipped_models
        shipped = DepthEstimator.from_file(shipped_models()['dlite0_fast'], 1, 'auto')
        print(shipped.running.reason.count('measured just now'))
        for start in {starts}:
            estimator = DepthEstimator.from_file({str(checkpoint_file)!r}, 1, start)
            print(estimator.estimate(np.ones({shape}, np.uint8), Camera(*{camera})).depth.tobytes().hex())
        print('torch' in sys.modules)
    """
    monkeypatch.delenv('CI', raising=False)
    later = subprocess.run([sys.executable, '-c', code], stdout=subprocess.PIPE, text=True, check=True).stdout.split()
    assert later == ['1', *(depth.tobytes().hex() for depth in first), 'False']
    assert [path.name for path in cache.parent.parent.iterdir()] == [cache.parent.name]


@pytest.mark.parametrize('name, packages', [('openvino', ['openvino']), ('onnxruntime', ['onnx', 'onnxruntime'])])
def test_a_missing_runtime_is_named_with_the_command_that_installs_it(name, packages, workload, monkeypatch):
    for package in packages:
        monkeypatch.setitem(sys.modules, package, None)  # as if it were not installed
    message = f"runtime '{name}' cannot be used: .*pip install {' '.join(packages)}"
    with pytest.raises(RuntimeUnusable, match=message):
        build(name, workload)


def test_an_unknown_runtime_is_refused_with_a_list_of_the_known_ones(workload):
    with pytest.raises(RuntimeUnusable, match="runtime 'tflite' is unknown: use auto or one of torch, torch-cuda"):
        build('tflite', workload)


def test_auto_without_optional_runtimes_selects_torch_and_says_what_to_install(workload, monkeypatch):
    for package in ('openvino', 'onnxruntime'):
        monkeypatch.setitem(sys.modules, package, None)
    running = start('auto', workload)
    if running.name == 'torch-cuda':
        pytest.skip('there is a GPU')
    assert running.name == 'torch' and 'pip install openvino' in running.reason


def test_auto_measures_once_and_selects_the_fastest(workload, cache):
    pytest.importorskip('openvino')
    pytest.importorskip('onnxruntime')
    first = start('auto', workload)
    assert 'measured just now' in first.reason
    (file,) = cache.iterdir()
    milliseconds = json.loads(file.read_text())['milliseconds']
    assert first.name == min(milliseconds, key=milliseconds.get) and {'openvino', 'onnxruntime'} <= milliseconds.keys()

    file.write_text(json.dumps({'milliseconds': {'onnxruntime': 3.2, 'openvino': 5.0}}))
    again = start('auto', workload)
    assert (again.name, again.reason) == (
        'onnxruntime',
        'the fastest of onnxruntime 3 ms, openvino 5 ms, as measured here before',
    )
    assert start('auto', replace(workload, description='another network')).reason.endswith('measured just now')


class OffByLittle(TorchEager):
    """Stands for a runtime of lower precision, such as bfloat16, on processors without bfloat16 units."""

    EXACT = False
    FACTOR = 1.004

    def __call__(self, pixels):
        return super().__call__(pixels) * np.float32(self.FACTOR)


class OffByMore(OffByLittle):
    FACTOR = 1.006


@pytest.mark.parametrize(
    'kind, chosen, reason',
    [
        (OffByLittle, 'torch-rough', '0.40% (median) and 0.40% (95th percentile)'),
        (OffByMore, 'torch', '0.60% (median) and 0.60% (95th percentile), too much'),
    ],
)
def test_auto_selects_lower_precision_only_if_depth_agrees(
    kind, chosen, reason, untrained_checkpoint, cache, monkeypatch
):
    """Depth is compared on the shipped frames whenever other weights are loaded; the timing is already known."""
    for name in ('openvino', 'openvino-bf16', 'onnxruntime', 'onnxruntime-cuda', 'torch-cuda'):
        monkeypatch.delitem(RUNTIMES, name)
    monkeypatch.setattr(kind, 'TOLERANCE', 0.1)
    monkeypatch.setitem(RUNTIMES, 'torch-rough', kind)
    DepthEstimator(untrained_checkpoint, 1, 'auto')
    (file,) = cache.iterdir()
    file.write_text(json.dumps({'milliseconds': {'torch-rough': 5.0}}))
    running = DepthEstimator(untrained_checkpoint, 1, 'auto').running
    assert running.name == chosen
    assert running.reason.endswith(f'; with torch-rough, depth is off by {reason}')


@pytest.mark.parametrize(
    'damage', ['{"milliseconds": {"tflite": 1}}', '{"milliseconds": {"torch": "NaN"}}', 'no json', '[]', None]
)
def test_a_damaged_timing_cache_is_ignored(workload, cache, damage):
    question = timing_cache.key(workload, ['torch', 'openvino'])
    timing_cache.keep(question, {'torch': 3.2, 'openvino': 5.0})
    assert timing_cache.recall(question) == {'torch': 3.2, 'openvino': 5.0}
    (file,) = cache.iterdir()
    file.unlink() if damage is None else file.write_text(damage)
    assert timing_cache.recall(question) is None


def test_openvino_uses_the_permitted_number_of_threads(workload):
    pytest.importorskip('openvino')
    runtime = build('openvino', workload)
    compiled = runtime._request(workload.input_shape).get_compiled_model()
    assert compiled.get_property('INFERENCE_NUM_THREADS') == 1
    assert compiled.get_property('INFERENCE_PRECISION_HINT').get_type_name() == 'f32'


def test_openvino_keeps_few_sizes_and_no_locks(small):
    runtime = OpenVino(small, 1)
    for width in range(64, 64 + 16 * (MOST_SHAPES + 2), 16):
        runtime.prepare((1, 3, 64, width))
    assert len(runtime._requests) == MOST_SHAPES and not runtime._locks


def test_auto_keeps_float32_if_the_shipped_frames_are_missing(untrained_checkpoint, cache, monkeypatch):
    pytest.importorskip('openvino')

    def missing():
        raise FileNotFoundError('demo/house is missing')

    for name in ('openvino-bf16', 'onnxruntime', 'onnxruntime-cuda', 'torch-cuda'):
        monkeypatch.delitem(RUNTIMES, name)
    monkeypatch.setattr(OffByLittle, 'TOLERANCE', 0.1)
    monkeypatch.setitem(RUNTIMES, 'torch-rough', OffByLittle)
    workload = replace(DepthEstimator(untrained_checkpoint, 1, 'openvino')._job(1), frames=missing)
    start('auto', workload)
    (file,) = cache.glob('*.json')
    file.write_text(json.dumps({'milliseconds': {'torch-rough': 1.0, 'openvino': 5.0}}))
    running = start('auto', workload)
    assert running.name == 'openvino'
    assert running.reason.endswith('; torch-rough cannot be compared with float32: demo/house is missing')
