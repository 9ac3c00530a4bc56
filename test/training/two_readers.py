# SPDX-License-Identifier: Apache-2.0
"""`python -m two_readers FOLDER`: read all pairs of stereo scenes in two processes, and name the damaged frames."""

import sys
from pathlib import Path

from torch.utils.data import DataLoader

from optidepthnet_ros.geometry.canonical import GENERAL
from optidepthnet_ros.recordings.folder import folder_scenes
from optidepthnet_ros.training.pairs import PairDataset
from optidepthnet_ros.training.proxies import ProxyCache

if __name__ == '__main__':
    root = Path(sys.argv[1])
    proxies = ProxyCache(root.parent / 'proxies')
    pairs = PairDataset(folder_scenes(root), canonical=GENERAL, proxies=proxies, max_damaged=0.1)
    for batch in DataLoader(pairs, 5, num_workers=2):
        assert len(batch['left']) == 5
    print(*pairs.damaged)
