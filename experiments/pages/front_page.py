# SPDX-License-Identifier: Apache-2.0
"""Write what to expect of each camera and model into README.md, docs/index.md and docs/models.md, from the records.

    python -m experiments.pages.front_page

A test fails if the pages differ from the output of this script.
"""

import re

from experiments.pages.page import ROOT, filled, write
from experiments.pages.results import interval, read
from optidepthnet_ros.checkpoints.models import PLACES, shipped_models

ROAD, INDOORS = PLACES['road'], PLACES['indoors']
# By image and purpose, so that the rows keep their order and text when a model is replaced.
PURPOSES = {
    'dvgg': "the paper's own network",
    'dlite0_fast': 'roads, a slow processor: little more than half of the time',
    INDOORS: '`place:=indoors`',
    ROAD: '`place:=road`, the default',
}
FLOOR = 'image-blind'


def generated() -> dict[str, str]:
    """Return the content of each page, by its path in the repository."""
    blocks = {
        'README.md': {'cameras': cameras_table('docs/'), 'models': models_table('models/')},
        'docs/index.md': {'cameras': cameras_table('')},
        'docs/models.md': {'models': models_table('../models/')},
    }
    return {path: filled(ROOT / path, content) for path, content in blocks.items()}


def cameras_table(docs: str) -> str:
    """Return what to expect of a camera, and the figure that shows it.

    :param docs: path from the page to the documentation
    """
    streets, cut = read('shipped')['systems'], read('robustness')['rows']['cut to 4:3']
    rooms, device = read('rooms')['metres'], read('metric_scale')['rows'][f'tum_fr3_cabinet, {INDOORS}']
    corrected = device['sources']['points']['abs_rel']
    autopilots = f'[PX4]({docs}px4.md), [ArduPilot]({docs}ardupilot.md)'
    rows = [
        (
            'wide road camera, about 80°',
            'works as it is (`place:=road`)',
            f'KITTI 2015: Abs Rel {_mean(streets[ROAD])}; an image-blind guess has {_mean(_floor(streets))}',
        ),
        (
            'USB camera, 640x480, outdoors',
            'calibrate it, then as above; the whole image has depth',
            f'KITTI cut to 4:3: Abs Rel {cut["abs_rel"]:.3f}, depth changes by {cut["change"]:.0%}',
        ),
        (
            'RealSense, OAK-D: the colour camera',
            f"the device's own depth can [correct the metres]({docs}metric_scale.md) or [teach]({docs}finetuning.md)",
            f'TUM RGB-D, a cabinet: {device["right"]:.2f}, corrected {corrected:.2f}; these two devices: not measured',
        ),
        ('fisheye', f'with `rectify:=true`; unknown beyond about 130° ([cameras]({docs}cameras.md))', 'not measured'),
        (
            'indoors',
            '`place:=indoors` coarsely distinguishes near from far; **do not trust its metres**',
            f'four rooms: Abs Rel {_mean(rooms[INDOORS])}; an image-blind guess has {_mean(_floor(rooms))}',
        ),
        ('in the air', f'scale is a guess: add a rangefinder that looks ahead ({autopilots})', 'not measured'),
        ('at night, in rain or fog', 'expect nothing', 'not measured'),
    ]
    return _table(['your camera', 'what to expect', 'measured'], rows)


def models_table(models: str) -> str:
    """Return purpose, licence and accuracy of each shipped model, and of the floor.

    :param models: path from the page to the model cards
    """
    streets, rooms = read('shipped')['systems'], read('rooms')['metres']
    rows = [
        (
            f'[{name}]({models}{name}.md)',
            PURPOSES[name],
            _licence(name),
            interval(streets[name], 'abs_rel', 3),
            interval(rooms[name], 'abs_rel', 3) if name in rooms else 'not measured',
        )
        for name in sorted(shipped_models(), key=list(PURPOSES).index, reverse=True)
    ]
    floors = (interval(_floor(systems), 'abs_rel', 3) for systems in (streets, rooms))
    rows.append(('image-blind (the floor)', '', '', *floors))
    return _table(['model', 'for', 'licence of the weights', 'Abs Rel, streets', 'Abs Rel, rooms'], rows)


def _floor(systems: dict[str, dict]) -> dict:
    return next(metrics for name, metrics in systems.items() if name.startswith(FLOOR))


def _mean(metrics: dict) -> str:
    return f'{metrics["abs_rel"]["mean"]:.3f}'


def _licence(model: str) -> str:
    """Return the licence that the model's card has in bold."""
    return re.search(r'\| licence \| \*\*(.*?)\*\*', (ROOT / 'models' / f'{model}.md').read_text())[1]


def _table(headings: list[str], rows: list[tuple[str, ...]]) -> str:
    lines = [headings, ['---'] * len(headings), *rows]
    return '\n'.join(f'| {" | ".join(line)} |' for line in lines)


def main() -> None:
    """Write the pages."""
    write(generated())


if __name__ == '__main__':
    main()
