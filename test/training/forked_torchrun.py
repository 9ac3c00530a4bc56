# SPDX-License-Identifier: Apache-2.0
"""`python -m forked_torchrun N ...` is `torchrun --nproc-per-node N -m optidepthnet_ros.cli ...`, but forked.

Launcher, rendezvous and the environment of each process are torchrun's own; the processes import nothing again.
"""

import sys

from torch.distributed.launcher.api import LaunchConfig, elastic_launch

from optidepthnet_ros.cli import main


def run(arguments):
    """Run the command and end the process with its exit status."""
    raise SystemExit(main(arguments))


if __name__ == '__main__':
    processes, *arguments = sys.argv[1:]
    config = LaunchConfig(
        min_nodes=1,
        max_nodes=1,
        nproc_per_node=int(processes),
        rdzv_backend='c10d',
        rdzv_endpoint='localhost:0',
        max_restarts=0,
        start_method='fork',
    )
    elastic_launch(config, run)(arguments)
