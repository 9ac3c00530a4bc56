# SPDX-License-Identifier: Apache-2.0
"""The shipped profile is used by default, and Fast DDS accepts all of it."""

import os
import subprocess
import sys
from xml.etree import ElementTree

import pytest

from optidepthnet_ros.files.share import share_path
from optidepthnet_ros.ros.support.fast_dds import PROFILES, use_profile

FAST_DDS_2, FAST_DDS_3 = PROFILES
NAMESPACE = '{http://www.eprosima.com/XMLSchemas/fastRTPS_Profiles}'
# Fast DDS names its threads; the asynchronous senders are dds.asyn.PARTICIPANT.NUMBER.
SENDING_THREADS = """
import pathlib, rclpy
rclpy.init()
node = rclpy.create_node('profile')
print(sum(name.read_text().startswith('dds.asyn') for name in pathlib.Path('/proc/self/task').glob('*/comm')))
"""


def test_the_shipped_profile_is_used_unless_another_was_chosen(monkeypatch):
    for name in PROFILES:
        monkeypatch.setenv(name, '')
    monkeypatch.setenv(FAST_DDS_3, '/own.xml')
    use_profile()
    assert [os.environ[name] for name in PROFILES] == ['', '/own.xml']
    monkeypatch.setenv(FAST_DDS_3, '')
    use_profile()
    assert os.environ[FAST_DDS_2] == str(share_path('config', 'fastdds.xml'))
    assert os.environ[FAST_DDS_3] == str(share_path('config', 'fastdds3.xml'))


def test_the_profiles_differ_only_in_what_fast_dds_3_refuses():
    second, third = (ElementTree.parse(share_path('config', file)).getroot() for file in PROFILES.values())
    rtps = second.find(f'{NAMESPACE}participant/{NAMESPACE}rtps')
    rtps.remove(rtps.find(f'{NAMESPACE}throughputController'))
    assert _content(second) == _content(third)


@pytest.mark.skipif(os.environ.get('ROS_DISTRO', 'jazzy') != 'jazzy', reason='Fast DDS 3')
def test_discovery_sends_from_its_own_thread(domain_id):
    # Otherwise Fast DDS announces a participant before it listens and loses the answer.
    assert _sending_threads('fastdds.xml', domain_id) == _sending_threads('fastdds3.xml', domain_id) + 1


def _content(profile):
    return [(element.tag, element.text.strip()) for element in profile.iter()]


def _sending_threads(file, domain_id):
    environment = {**os.environ, FAST_DDS_2: str(share_path('config', file)), 'ROS_DOMAIN_ID': str(domain_id)}
    made = subprocess.run(
        [sys.executable, '-c', SENDING_THREADS], env=environment, capture_output=True, text=True, check=True
    )
    assert 'Error' not in made.stderr  # Fast DDS reports an element that it refuses with this word
    return int(made.stdout)
