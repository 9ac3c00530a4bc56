# SPDX-License-Identifier: Apache-2.0
"""`optidepthnet demo` as a whole: real processes that communicate over DDS."""

import json
import subprocess
import sys

import pytest
from forked import forking_python

from optidepthnet_ros.messages.header import stamp_of
from optidepthnet_ros.ros.demo.bag import read_bag
from optidepthnet_ros.ros.demo.measures import depth_of

pytest.importorskip('rclpy')
pytestmark = [pytest.mark.long, pytest.mark.xdist_group('demo')]  # all tests share one run of the demonstration
OUTPUTS = ('/depth/image_rect', '/depth/camera_info', '/depth/points', '/depth/preview')


def run_demo(python, *arguments):
    """Run the command in a process."""
    command = [python, '-m', 'optidepthnet_ros.cli', 'demo', *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=1800)


@pytest.fixture(scope='module')
def demo(checkpoint_file, tmp_path_factory):
    """Return the output folder of a run, and what the run printed."""
    output = tmp_path_factory.mktemp('demo') / 'new' / 'folder'
    result = run_demo(sys.executable, '--output', output, '--checkpoint', checkpoint_file, '--passes', 1)
    assert result.returncode == 0, result.stderr
    return output, result.stdout


def test_table_and_summary_agree(demo):
    output, printed = demo
    summary = json.loads((output / 'summary.json').read_text())
    assert summary['frames'] == 20
    assert f'{summary["rate_hz"]:.1f} Hz' in printed
    assert f'{summary["valid_share"]:.1%}' in printed
    assert (output / 'depth.png').is_file()


def test_bag_holds_inputs_and_outputs_with_the_inputs_stamps_and_frame(demo):
    output, _ = demo
    messages = list(read_bag(output, ['/image', '/camera_info', *OUTPUTS]))
    stamps = {topic: {stamp_of(m) for t, _, m in messages if t == topic} for topic in ('/image', *OUTPUTS)}
    assert len(stamps['/image']) == 20
    for topic in OUTPUTS:
        assert stamps[topic] and stamps[topic] <= stamps['/image']
    assert {message.header.frame_id for _, _, message in messages} == {'camera_optical_frame'}
    depths = [message for topic, _, message in messages if topic == '/depth/image_rect']
    assert {depth_of(message).shape for message in depths} == {(194, 640)}


def test_without_depth_it_fails_with_one_line_and_no_results(tmp_path):
    broken = tmp_path / 'broken.safetensors'
    broken.write_text('no weights')
    (tmp_path / 'summary.json').write_text('of an earlier run')
    result = run_demo(forking_python(), '--output', tmp_path, '--checkpoint', broken)
    assert result.returncode == 1
    (line,) = result.stderr.splitlines()
    assert line.startswith('optidepthnet demo: no depth') and 'broken.safetensors' in line
    assert not (tmp_path / 'summary.json').exists()


@pytest.mark.parametrize(
    'arguments, complaint',
    [
        (['--rate', '0'], '--rate is 0.0'),
        (['--passes', '0'], '--passes is 0'),
        (['--checkpoint', 'nowhere.safetensors'], 'nowhere.safetensors'),
        (['--sequence', 'nowhere'], 'nowhere'),
    ],
)
def test_wrong_arguments_are_named_in_one_line(tmp_path, checkpoint_file, arguments, complaint):
    result = run_demo(forking_python(), '--output', tmp_path / 'output', '--checkpoint', checkpoint_file, *arguments)
    assert result.returncode == 2
    (line,) = result.stderr.splitlines()
    assert complaint in line
    assert not (tmp_path / 'output').exists()
