# SPDX-License-Identifier: Apache-2.0
"""`python -m full_disk`: the command `optidepthnet` where files cannot grow beyond 5 MB, as on a full disk."""

import resource
import signal

from optidepthnet_ros.cli import main

if __name__ == '__main__':
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (5_000_000, 5_000_000))
    raise SystemExit(main())
