# SPDX-License-Identifier: Apache-2.0
"""The parameters of both nodes are declared once: nodes, files, tables and launch arguments agree."""

import subprocess
import sys
from pathlib import Path

import pytest
import rclpy
import yaml
from rcl_interfaces.msg import ParameterType

from experiments.pages.parameters import ROOT, generated
from optidepthnet_ros.inference.runtimes import RUNTIMES
from optidepthnet_ros.ros.depth_node.launch_arguments import depth_arguments
from optidepthnet_ros.ros.depth_node.parameters import Parameters as DepthParameters
from optidepthnet_ros.ros.depth_node.parameters import needs_configure
from optidepthnet_ros.ros.support.launch_arguments import node_arguments, parameter_arguments, ros_arguments
from optidepthnet_ros.ros.support.launch_command import refuse_unknown_arguments
from optidepthnet_ros.ros.support.node_parameters import declare_parameters, read_parameters
from optidepthnet_ros.ros.support.parameter import parameters_of
from optidepthnet_ros.ros.training_node.parameters import Parameters as TrainingParameters

OF_RCLPY = {'use_sim_time', 'start_type_description_service'}


@pytest.fixture(params=[DepthParameters, TrainingParameters], ids=['depth_node', 'training_node'])
def cls(request):
    return request.param


@pytest.fixture
def node(bare_node, cls):
    declare_parameters(bare_node, cls)
    return bare_node


def own(node):
    return {name: parameter for name, parameter in node.get_parameters_by_prefix('').items() if name not in OF_RCLPY}


def launched(cls, given, **of_node):
    """Return the ROS arguments that launch passes to a node."""
    declared = [*node_arguments('some_node', 'depth.yaml'), *parameter_arguments(cls)]
    arguments = {argument['name']: argument['default_value'] for argument in declared}
    return ros_arguments(cls, 'depth.yaml', arguments | of_node | (given or {}))


def given_parameters(cls, given):
    """Return only the ROS arguments that set parameters."""
    return launched(cls, given)[2:-2]


def test_the_committed_files_match_the_declarations():
    """If it fails, run `python -m experiments.pages.parameters`."""
    for path, text in generated().items():
        assert (ROOT / path).read_text() == text, path


def test_the_file_has_every_parameter_with_its_default(node, cls):
    file = {DepthParameters: 'depth.yaml', TrainingParameters: 'finetune.yaml'}[cls]
    content = yaml.safe_load((ROOT / 'config' / file).read_text())['/**']['ros__parameters']
    for group in [name for name, value in content.items() if isinstance(value, dict)]:
        content |= {f'{group}.{name}': value for name, value in content.pop(group).items()}
    assert content == {name: parameter.value for name, parameter in own(node).items()}
    assert {name: type(value) for name, value in content.items()} == {
        name: type(parameter.value) for name, parameter in own(node).items()
    }


def test_a_node_reads_the_defaults_that_it_declared(node, cls):
    assert read_parameters(node, cls) == cls()


def test_each_parameter_has_a_type_a_description_and_a_range_if_it_is_a_number(node):
    for parameter in own(node).values():
        descriptor = node.describe_parameter(parameter.name)
        assert descriptor.description.endswith('.') and not descriptor.dynamic_typing
        if descriptor.type == ParameterType.PARAMETER_DOUBLE:
            assert len(descriptor.floating_point_range) == 1
        if descriptor.type == ParameterType.PARAMETER_INTEGER:
            assert len(descriptor.integer_range) == 1


def test_parameters_that_need_configure_say_so_in_their_constraints(bare_node):
    declare_parameters(bare_node, DepthParameters)
    for name in own(bare_node):
        descriptor = bare_node.describe_parameter(name)
        fixed = 'cannot be changed while the node is configured' in descriptor.additional_constraints
        assert fixed == bool(needs_configure([name]))
    assert bare_node.describe_parameter('autostart').read_only


def test_a_text_that_is_not_a_choice_is_refused():
    with pytest.raises(ValueError, match="place is 'sea', but must be one of road, indoors"):
        DepthParameters(place='sea')
    with pytest.raises(ValueError, match=r"record\.image_transport is 'theora', but must be one of raw, compressed"):
        TrainingParameters(record_image_transport='theora')


def test_every_runtime_is_described():
    (runtime,) = (known for known in parameters_of(DepthParameters) if known.name == 'runtime')
    assert all(name in runtime.description for name in RUNTIMES)


def test_each_parameter_is_a_launch_argument_and_so_is_use_sim_time(cls):
    arguments = {argument['name']: argument for argument in parameter_arguments(cls)}
    assert list(arguments) == [*(known.name for known in parameters_of(cls)), 'use_sim_time']
    assert arguments['use_sim_time']['choices'] == ['', 'true', 'false']
    assert given_parameters(cls, '') == []


def test_launch_arguments_set_parameters_of_their_type(domain_id):
    """As ROS reads them: a list of strings stays one even if its items look like numbers."""
    given = {
        'minutes': '60',
        'threads': '2',
        'base': '1e3',
        'licence': "the owner's",
        'recordings': '[a, 2]',
        'rehearsal': '[]',
        'train_options': '[--learning-rate, 1e-4]',
        'use_sim_time': 'true',
        'record.interval': '0.5',
    }
    context = rclpy.Context()
    rclpy.init(args=['--ros-args', *given_parameters(TrainingParameters, given)], context=context, domain_id=domain_id)
    node = rclpy.create_node('launched', context=context)
    try:
        declare_parameters(node, TrainingParameters)
        assert read_parameters(node, TrainingParameters) == TrainingParameters(
            minutes=60.0,
            threads=2,
            base='1e3',
            licence="the owner's",
            recordings=('a', '2'),
            train_options=('--learning-rate', '1e-4'),
            record_interval=0.5,
        )
        assert node.get_parameter('use_sim_time').value is True
    finally:
        node.destroy_node()
        rclpy.shutdown(context=context)


@pytest.mark.parametrize(
    'name, text, expected',
    [
        ('minutes', 'long', 'a number'),
        ('threads', '1.5', 'an integer'),
        ('recordings', 'a', 'a list such as'),
        ('use_sim_time', '1', 'true or false'),
        ('threads', '[', 'an integer'),
    ],
)
def test_a_launch_argument_of_the_wrong_type_is_refused(name, text, expected):
    with pytest.raises(ValueError, match=f'{name}:=.*: must be {expected}'):
        launched(TrainingParameters, {name: text})


def test_the_declarations_need_neither_ros_nor_torch(cls):
    """The launch process reads them and runs as long as the robot does."""
    code = (
        f'import sys, {cls.__module__}, optidepthnet_ros.ros.support.launch_arguments\n'
        "print({'rclpy', 'torch', 'numpy', 'cv2'} & sys.modules.keys())"
    )
    assert subprocess.check_output([sys.executable, '-c', code], text=True) == 'set()\n'


def test_a_misspelt_launch_argument_is_refused():
    """Launch itself accepts any name."""
    with pytest.raises(ValueError, match='max_dept:=9: no such argument, did you mean max_depth?'):
        launched(DepthParameters, {'max_dept': '9'})
    others = {argument['name']: 'x' for argument in depth_arguments()} | {'map': 'x', 'frame_rate': '10'}
    of_node = {argument['name'] for argument in [*parameter_arguments(DepthParameters), *node_arguments('', '')]}
    assert given_parameters(DepthParameters, {name: text for name, text in others.items() if name not in of_node}) == []


@pytest.mark.parametrize(
    'command', [('optidepthnet_ros', 'depth.launch.py'), (str(ROOT / 'launch' / 'depth.launch.py'),)]
)
def test_an_undeclared_command_line_argument_is_refused(monkeypatch, command):
    def launch(*given, file='depth.launch.py'):
        monkeypatch.setattr(sys, 'argv', ['ros2', 'launch', *command, *given])
        refuse_unknown_arguments(str(ROOT / 'launch' / file), depth_arguments(), given)

    launch('image:=/x', 'max_depth:=9', 'launch-prefix:=nice -n 5')
    with pytest.raises(ValueError, match='imgae:=/x: no such argument, did you mean image?'):
        launch('image:=/x', 'imgae:=/x')
    with pytest.raises(ValueError, match='map:=a:=b: no such argument, see ros2 launch --show-args'):
        launch('map:=a:=b')
    launch('map:=x', file='finetune.launch.py')  # included by another launch file, which may use it


def test_a_launched_node_gets_its_parameter_file_before_its_parameters_and_log_level(tmp_path):
    file = tmp_path / 'mine.yaml'
    file.touch()
    given = launched(
        DepthParameters, {'max_depth': '9'}, params_file=str(file), namespace='/a/b', node_name='c', log_level='debug'
    )
    assert given == ['--params-file', str(file), '-p', 'max_depth:=9.0', '--log-level', 'a.b.c:=debug']
    assert Path(launched(DepthParameters, None)[1]).samefile(ROOT / 'config' / 'depth.yaml')
    with pytest.raises(ValueError, match=r'params_file:=nowhere\.yaml: no such file'):
        launched(DepthParameters, None, params_file='nowhere.yaml')


def test_integers_are_accepted_for_float_parameters(domain_id):
    context = rclpy.Context()
    rclpy.init(args=['--ros-args', '-p', 'max_depth:=9'], context=context, domain_id=domain_id)
    node = rclpy.create_node('whole', context=context)
    try:
        declare_parameters(node, DepthParameters)
        assert read_parameters(node, DepthParameters).max_depth == 9.0
        (result,) = node.set_parameters([rclpy.Parameter('min_depth', value=1)])
        assert result.successful and node.get_parameter('min_depth').value == 1.0
        (result,) = node.set_parameters([rclpy.Parameter('decimation', value=2.0)])
        assert not result.successful
    finally:
        node.destroy_node()
        rclpy.shutdown(context=context)
