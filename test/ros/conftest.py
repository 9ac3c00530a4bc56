# SPDX-License-Identifier: Apache-2.0
"""Real nodes in real processes: the depth node under test, and a robot that drives it over DDS."""

import os
import warnings
from importlib.util import find_spec

# Message classes read these when they are imported, DDS when the first context is created.
os.environ['ROS_PYTHON_CHECK_FIELDS'] = '1'
os.environ['ROS_AUTOMATIC_DISCOVERY_RANGE'] = 'LOCALHOST'

import pytest

from optidepthnet_ros.ros.demo.ros_domain import RosDomain

if find_spec('rclpy'):
    import rclpy
    from process import Process, depth_node
    from rclpy.lifecycle import LifecycleNode
    from robot import Robot
else:
    warnings.warn('rclpy is not installed: the tests in test/ros are left out', stacklevel=1)
    collect_ignore_glob = ['test_*.py']


@pytest.fixture(scope='module')
def domain_id():
    """Return a ROS domain that only this module uses."""
    domain = RosDomain()
    yield domain.number
    domain.release()


@pytest.fixture
def bare_node(domain_id):
    """Return a node in this process that declares no parameters."""
    context = rclpy.Context()
    rclpy.init(context=context, domain_id=domain_id)
    node = LifecycleNode('bare', context=context)
    yield node
    node.destroy_node()
    rclpy.shutdown(context=context)


@pytest.fixture
def obstacle_outputs(bare_node):
    """Return the active obstacle publishers."""
    from optidepthnet_ros.ros.depth_node.connections import Connections
    from optidepthnet_ros.ros.depth_node.obstacle_outputs import ObstacleOutputs

    bare_node.trigger_configure()
    outputs = ObstacleOutputs(bare_node, Connections(bare_node))
    bare_node.trigger_activate()
    yield outputs
    outputs.destroy()


@pytest.fixture
def start_node(domain_id, checkpoint_file, tmp_path):
    """Return a function that starts a depth node with an untrained checkpoint and further ROS arguments."""
    nodes = []

    def start(*arguments):
        program = depth_node(
            '-p', f'checkpoint:={checkpoint_file}', '-p', 'threads:=1', '-p', 'runtime:=torch', *arguments
        )
        nodes.append(Process(program, domain_id, tmp_path))
        return nodes[-1]

    yield start
    for node in nodes:
        node.kill()


@pytest.fixture
def robot(domain_id):
    """Return a camera and a listener on the node's domain."""
    with Robot(domain_id) as robot:
        yield robot
