# SPDX-License-Identifier: Apache-2.0
"""Whether input_check rejects good images, and whether it recognises damaged copies.

    python -m experiments.accuracy.input_check FOLDER...

Checks every image below the folders (jpg, and colour png), and damaged copies of every 15th. Prints false alarms, the
values nearest to the thresholds, and the results for the copies.
"""

import argparse
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np

from optidepthnet_ros.imaging.input_check import LEAST_STRUCTURE, MOST_BLUR, MOST_WHITE, look_at

EVERY = 15
BLURS = 1, 2, 3, 4, 6, 8  # standard deviations in pixels of an image that is 320 wide


def images(folders: list[Path]) -> Iterator[tuple[Path, np.ndarray]]:
    """Yield the colour images, and gray jpg, with their paths."""
    for path in sorted(path for folder in folders for path in folder.rglob('*') if path.suffix in ('.jpg', '.png')):
        image = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
        if image is not None and image.dtype == np.uint8 and (image.ndim == 3 or path.suffix == '.jpg'):
            yield path, cv2.imread(str(path))


def damaged(image: np.ndarray, random: np.random.Generator) -> dict[str, np.ndarray]:
    """Return copies, 320 pixels wide, each with sensor noise."""
    size = 320, round(320 * image.shape[0] / image.shape[1])
    clean = cv2.resize(image, size, interpolation=cv2.INTER_AREA).astype(np.float32)
    copies = {f'blurred by {sigma} pixels': (cv2.GaussianBlur(clean, (0, 0), sigma), 2) for sigma in BLURS}
    copies |= {
        'lens cap': (np.full_like(clean, 3), 3),
        'a thirtieth of the light': (clean * 0.03, 2),
        '230 levels too bright': (clean + 230, 3),
        'finger': (20 + 0.3 * cv2.GaussianBlur(clean, (0, 0), 30), 3),
        'gray lid': (np.full_like(clean, 128), 4),
    }
    return {
        name: np.clip(copy + random.normal(0, noise, copy.shape), 0, 255).astype(np.uint8)
        for name, (copy, noise) in copies.items()
    }


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('folders', type=Path, nargs='+')
    random, figures, said = np.random.default_rng(0), [], defaultdict(Counter)
    for number, (path, image) in enumerate(images(parser.parse_args().folders)):
        figures.append(look_at(image))
        if figures[-1].problem:
            print(f'{path}: {figures[-1]}, {figures[-1].problem}')
        for name, copy in damaged(image, random).items() if number % EVERY == 0 else ():
            said[name][look_at(copy).problem or 'nothing'] += 1
    print(f'{len(figures)} images, {sum(bool(one.problem) for one in figures)} with a problem')
    print(f'structure at least {min(one.structure for one in figures):.2f}, threshold {LEAST_STRUCTURE}')
    print(f'white at most {max(one.white for one in figures):.2f}, threshold {MOST_WHITE}')
    print(f'blur at most {max(one.blur for one in figures):.3f}, threshold {MOST_BLUR}')
    for name, counts in said.items():
        print(f'{name}: ' + ', '.join(f'{number} {problem}' for problem, number in counts.most_common()))


if __name__ == '__main__':
    main()
