# SPDX-License-Identifier: Apache-2.0
"""config/depth.foxglove.json shows what the depth node receives and publishes, each panel once."""

import json
import re

from sensor_msgs.msg import Range
from std_msgs.msg import Float32

from optidepthnet_ros.files.share import share_path
from optidepthnet_ros.ros.depth_node.obstacle_outputs import OBSTACLE_OUTPUTS
from optidepthnet_ros.ros.depth_node.outputs import OUTPUTS

TEXT = share_path('config', 'depth.foxglove.json').read_text()
FIELDS = {Range: 'range', Float32: 'data'}


def panels_of(layout):
    if isinstance(layout, str):
        return [layout]
    return panels_of(layout['first']) + panels_of(layout['second'])


def test_every_panel_has_its_place_in_the_layout():
    content = json.loads(TEXT)
    assert sorted(panels_of(content['layout'])) == sorted(content['configById'])


def test_the_topics_are_those_of_the_node():
    known = {**OUTPUTS, **OBSTACLE_OUTPUTS}
    topics = set(re.findall(r'"/(depth/[\w/]+)', TEXT))
    assert {'depth/scan', 'depth/image_rect', 'depth/points', 'depth/nearest'} <= topics <= known.keys()
    for topic, field in re.findall(r'"/(depth/[\w/]+)\.(\w+)"', TEXT):
        assert field == FIELDS[known[topic]]
    others = set(re.findall(r'"/(?!depth/)([\w/]+)"', TEXT))
    assert others == {'image', 'camera_info', 'tf', 'tf_static', 'depth_node/scale', 'diagnostics'}
