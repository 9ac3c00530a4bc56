# SPDX-License-Identifier: Apache-2.0
"""A ROS domain that nothing else on this machine uses."""

import random
import socket

# Above 101 the domain's ports are in the range of Linux's ephemeral ports.
_DOMAINS = range(1, 102)


class RosDomain:
    """Claims a free domain until it is released, or this process ends.

    The claim is the port on which every participant of the domain listens for others (RTPS 2.5, 9.6.2.3). Exclusive
    use of the port is refused while there is a participant or another claim; participants share it.

    :raises RuntimeError: no domain is free
    """

    def __init__(self) -> None:
        self._claim = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        number = next(filter(self._is_claimed, random.sample(_DOMAINS, len(_DOMAINS))), None)
        if number is None:
            raise RuntimeError(f'no ROS domain from {_DOMAINS[0]} to {_DOMAINS[-1]} is free: stop some ROS nodes')
        self.number = number
        self._claim.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # from now on others may share it

    def release(self) -> None:
        """Release the domain."""
        self._claim.close()

    def _is_claimed(self, number: int) -> bool:
        try:
            self._claim.bind(('', 7400 + 250 * number))
        except OSError:
            return False
        return True
