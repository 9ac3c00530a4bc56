# SPDX-License-Identifier: Apache-2.0
"""A claimed ROS domain is exclusive, also between processes."""

import subprocess
import sys

from optidepthnet_ros.ros.demo.ros_domain import RosDomain

CLAIM = """
from optidepthnet_ros.ros.demo.ros_domain import RosDomain
claims = [RosDomain() for _ in range(40)]
print(*(claim.number for claim in claims))
"""


def test_no_domain_is_claimed_twice_until_it_is_released():
    claims = [RosDomain() for _ in range(10)]
    try:
        numbers = {claim.number for claim in claims}
        assert len(numbers) == 10 and numbers <= set(range(1, 102))
        others = subprocess.run([sys.executable, '-c', CLAIM], capture_output=True, text=True, check=True).stdout
        assert numbers.isdisjoint(map(int, others.split()))
    finally:
        for claim in claims:
            claim.release()
