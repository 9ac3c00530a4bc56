"""What the parameters tell of themselves, and that the file shipped with them is right."""

import pytest
import rclpy
import yaml
from rcl_interfaces.msg import ParameterType
from rclpy.lifecycle import LifecycleNode

from optidepthnet_ros.ros.parameters import declare_parameters, needs_configure
from optidepthnet_ros.share import share_path

OF_RCLPY = {'use_sim_time', 'start_type_description_service'}


@pytest.fixture
def node(domain_id):
    context = rclpy.Context()
    rclpy.init(context=context, domain_id=domain_id)
    node = LifecycleNode('depth_node', context=context)
    declare_parameters(node)
    yield node
    node.destroy_node()
    rclpy.shutdown(context=context)


def own(node):
    return {name: parameter for name, parameter in node.get_parameters_by_prefix('').items() if name not in OF_RCLPY}


def test_the_file_has_every_parameter_with_its_default(node):
    content = yaml.safe_load(share_path('config', 'depth.yaml').read_text())['/**']['ros__parameters']
    assert content == {name: parameter.value for name, parameter in own(node).items()}
    assert {name: type(value) for name, value in content.items()} == {
        name: type(parameter.value) for name, parameter in own(node).items()}


def test_each_has_a_type_a_description_and_a_range_if_it_is_a_number(node):
    for parameter in own(node).values():
        descriptor = node.describe_parameter(parameter.name)
        assert descriptor.description.endswith('.') and not descriptor.dynamic_typing
        if descriptor.type == ParameterType.PARAMETER_DOUBLE:
            assert len(descriptor.floating_point_range) == 1
        if descriptor.type == ParameterType.PARAMETER_INTEGER:
            assert len(descriptor.integer_range) == 1
        fixed = 'cannot be changed while the node is configured' in descriptor.additional_constraints
        assert fixed == bool(needs_configure([parameter]))
    assert node.describe_parameter('autostart').read_only
