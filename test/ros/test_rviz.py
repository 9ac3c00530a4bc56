# SPDX-License-Identifier: Apache-2.0
"""config/depth.rviz shows what the depth node receives and publishes, with the matching displays."""

import pytest
import yaml
from sensor_msgs.msg import Image, LaserScan, PointCloud2

from optidepthnet_ros.files.share import share_path
from optidepthnet_ros.ros.depth_node.obstacle_outputs import OBSTACLE_OUTPUTS
from optidepthnet_ros.ros.depth_node.outputs import OUTPUTS

DISPLAYS = {
    Image: 'rviz_default_plugins/Image',
    LaserScan: 'rviz_default_plugins/LaserScan',
    PointCloud2: 'rviz_default_plugins/PointCloud2',
}


@pytest.fixture
def displays():
    return yaml.safe_load(share_path('config', 'depth.rviz').read_text())['Visualization Manager']['Displays']


@pytest.fixture
def shown(displays):
    """Return the displays by topic."""
    return {display['Topic']['Value']: display for display in displays if 'Topic' in display}


def test_rviz_shows_the_input_image_and_the_published_topics(displays, shown):
    assert shown.keys() == {'image', 'depth/points', 'depth/preview', 'depth/image_rect', 'depth/scan'}
    topics = {'image': Image, **OUTPUTS, **OBSTACLE_OUTPUTS}
    assert {topic: display['Class'] for topic, display in shown.items()} == {
        topic: DISPLAYS[topics[topic]] for topic in shown
    }
    assert 'rviz_default_plugins/TF' in {display['Class'] for display in displays}


def test_rviz_requests_no_more_than_every_publisher_offers(shown):
    for display in shown.values():  # RViz silently replaces unknown words with its defaults
        assert (
            display['Topic']['Reliability Policy'],
            display['Topic']['Durability Policy'],
            display['Topic']['History Policy'],
        ) == ('Best Effort', 'Volatile', 'Keep Last')
