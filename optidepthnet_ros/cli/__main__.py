# SPDX-License-Identifier: Apache-2.0
"""`python -m optidepthnet_ros.cli`: the same as the command `optidepthnet`."""

import sys

from optidepthnet_ros.cli import main

if __name__ == '__main__':
    sys.exit(main())
