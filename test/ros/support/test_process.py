# SPDX-License-Identifier: Apache-2.0
"""A node that ends leaves DDS; otherwise others would see it until its lease expires."""

import os
import subprocess
import sys

# Fast DDS names the thread for a participant's events dds.ev.PARTICIPANT.
PROGRAM = """
import pathlib, rclpy
from optidepthnet_ros.ros.support.managed_node import ManagedNode
from optidepthnet_ros.ros.support.process import run_node

def participants():
    print(sum(name.read_text().startswith('dds.ev') for name in pathlib.Path('/proc/self/task').glob('*/comm')))

def start(node):
    participants()
    node.start()
    rclpy.shutdown()

print(run_node(lambda: ManagedNode('leaving'), start))
participants()
"""


def test_the_participant_of_a_node_ends_with_the_node(domain_id):
    environment = {**os.environ, 'ROS_DOMAIN_ID': str(domain_id), 'RMW_IMPLEMENTATION': 'rmw_fastrtps_cpp'}
    made = subprocess.run([sys.executable, '-c', PROGRAM], env=environment, capture_output=True, text=True, check=True)
    assert made.stdout.split() == ['1', '0', '0'], made.stderr
