# SPDX-License-Identifier: Apache-2.0
"""The runtimes of the network: torch, OpenVINO, ONNX Runtime; one per file, behind the interface of runtime.py."""

from optidepthnet_ros.inference.runtimes.build import Workload, build, usable
from optidepthnet_ros.inference.runtimes.choice import AUTO, Running, start
from optidepthnet_ros.inference.runtimes.runtime import Runtime, RuntimeUnusable
from optidepthnet_ros.inference.runtimes.table import RUNTIMES

__all__ = ['AUTO', 'RUNTIMES', 'Running', 'Runtime', 'RuntimeUnusable', 'Workload', 'build', 'start', 'usable']
