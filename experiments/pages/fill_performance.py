# SPDX-License-Identifier: Apache-2.0
r"""Put measured tables into docs/performance.md; nothing is copied by hand.

taskset -c 0 optidepthnet benchmark dlite0 dnano dvgg vgg dresnet50 resnet50 pydnet fastdepth rt_monodepth_s \
        monodepth2 lite_mono lite_mono_tiny midas_small zipdepth --peers experiments/speed/peers --runtimes openvino \
        --rounds 8 --output runs/speed
taskset -c 0 optidepthnet benchmark dlite0 dnano dvgg pydnet fastdepth rt_monodepth_s lite_mono midas_small \
        zipdepth --peers experiments/speed/peers --runtimes openvino openvino-bf16 --rounds 8 \
        --output runs/speed/bfloat16
taskset -c 0 optidepthnet benchmark dvgg dnano dlite0 --runtimes torch openvino --rounds 8 --output runs/speed/runtimes
taskset -c 0 optidepthnet benchmark --node --output runs/speed
python -m experiments.pages.fill_performance runs/speed
"""

import json
import sys
from pathlib import Path

from experiments.pages.page import fill
from optidepthnet_ros.evaluation.speed.report import format_table
from optidepthnet_ros.ros.depth_node.path_timing import format_parts


def main() -> None:
    """Fill the tables whose measurements are in the folder given on the command line."""
    folder, blocks = Path(sys.argv[1]), {}
    for name, file, key, form in (
        ('benchmark', 'benchmark', 'rows', format_table),
        ('bfloat16', 'bfloat16/benchmark', 'rows', format_table),
        ('runtimes', 'runtimes/benchmark', 'rows', format_table),
        ('node', 'node', 'parts', format_parts),
    ):
        path = folder / f'{file}.json'
        if not path.exists():
            continue
        content = json.loads(path.read_text())
        blocks[name] = f'{_conditions(content)}\n\n{form(content[key])}'
    fill('performance.md', blocks)


def _conditions(content):
    versions = ', '.join(f'{name} {version}' for name, version in content['versions'].items())
    runtime = f', {content["runtime"].split(" ")[0]}' if 'runtime' in content else ''
    return (
        f'{content["what"]}{runtime}; {content["threads"]} thread of {content["cores"]} cores, '
        f'{content["processor"]}; load average {content["load_average"]:.1f}; {versions}.'
    )


if __name__ == '__main__':
    main()
