"""What the parameters of both nodes tell of themselves, and that the files shipped with them are right."""

import pytest
import yaml
from rcl_interfaces.msg import ParameterType

from optidepthnet_ros.files.share import share_path
from optidepthnet_ros.ros.depth_node import parameters
from optidepthnet_ros.ros.training_node import training_parameters

OF_RCLPY = {'use_sim_time', 'start_type_description_service'}


@pytest.fixture(
    params=[(parameters, 'depth.yaml'), (training_parameters, 'finetune.yaml')], ids=['depth_node', 'training_node']
)
def declared(bare_node, request):
    """Return a node with the parameters, and the content of their file, flat."""
    module, file = request.param
    module.declare_parameters(bare_node)
    content = yaml.safe_load(share_path('config', file).read_text())['/**']['ros__parameters']
    for group in [name for name, value in content.items() if isinstance(value, dict)]:
        content |= {f'{group}.{name}': value for name, value in content.pop(group).items()}
    return bare_node, content


def own(node):
    return {name: parameter for name, parameter in node.get_parameters_by_prefix('').items() if name not in OF_RCLPY}


def test_the_file_has_every_parameter_with_its_default(declared):
    node, content = declared
    assert content == {name: parameter.value for name, parameter in own(node).items()}
    assert {name: type(value) for name, value in content.items()} == {
        name: type(parameter.value) for name, parameter in own(node).items()
    }


def test_each_has_a_type_a_description_and_a_range_if_it_is_a_number(declared):
    node, _ = declared
    for parameter in own(node).values():
        descriptor = node.describe_parameter(parameter.name)
        assert descriptor.description.endswith('.') and not descriptor.dynamic_typing
        if descriptor.type == ParameterType.PARAMETER_DOUBLE:
            assert len(descriptor.floating_point_range) == 1
        if descriptor.type == ParameterType.PARAMETER_INTEGER:
            assert len(descriptor.integer_range) == 1


def test_what_a_configured_depth_node_cannot_change_says_so(bare_node):
    parameters.declare_parameters(bare_node)
    for parameter in own(bare_node).values():
        descriptor = bare_node.describe_parameter(parameter.name)
        fixed = 'cannot be changed while the node is configured' in descriptor.additional_constraints
        assert fixed == bool(parameters.needs_configure([parameter]))
    assert bare_node.describe_parameter('autostart').read_only
