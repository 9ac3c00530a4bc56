# SPDX-License-Identifier: Apache-2.0
"""Write the declarations of the nodes' parameters into config/*.yaml, docs/interface.md and docs/commands.md.

    python -m experiments.pages.parameters

A test fails if the files differ from the output of this script.
"""

import textwrap
from itertools import groupby

from experiments.pages.page import ROOT, filled, write
from optidepthnet_ros.checkpoints.models import DEFAULT_MODEL
from optidepthnet_ros.ros.depth_node.parameters import Parameters as DepthParameters
from optidepthnet_ros.ros.support.parameter import Parameter, as_yaml, parameters_of
from optidepthnet_ros.ros.training_node.parameters import Parameters as TrainingParameters

NODES = {
    'depth_node': (DepthParameters, 'config/depth.yaml'),
    'training_node': (TrainingParameters, 'config/finetune.yaml'),
}
INTERFACE, COMMANDS = 'docs/interface.md', 'docs/commands.md'
_WIDTH = 120


def generated() -> dict[str, str]:
    """Return the content of each file, by its path in the repository."""
    files, tables = {}, {}
    for node, (cls, config) in NODES.items():
        parameters = parameters_of(cls)
        files[config] = yaml_of(node, parameters)
        tables[f'parameters of {node}'] = table_of(parameters)
    files |= {
        page: filled(ROOT / page, blocks)
        for page, blocks in ((INTERFACE, tables), (COMMANDS, {'fine-tuning': fine_tuning()}))
    }
    return files


def fine_tuning() -> str:
    """Return the commands that do manually what the training node does with its defaults on a road."""
    p = TrainingParameters()
    train = (
        f'optidepthnet train --data RECORDING --base {DEFAULT_MODEL} --output DIR --licence TEXT '
        f'--hold-out-tail {p.hold_out_tail} --minutes {p.minutes:g} --sky {" ".join(p.train_options)}'
    )
    promote = f'optidepthnet promote DIR/last.safetensors --base {DEFAULT_MODEL} --data RECORDING --sky --store MODELS'
    lines = textwrap.wrap(train, _WIDTH - 2, subsequent_indent='    ', break_on_hyphens=False)
    return '\n'.join(['```sh', ' \\\n'.join(lines), promote, '```'])


def yaml_of(node: str, parameters: tuple[Parameter, ...]) -> str:
    """Return a parameter file with all defaults; names with a dot become groups."""
    lines = [
        f"# Parameters of {node}, with their defaults. In a list, '' stands for nothing.",
        '# Written by `python -m experiments.pages.parameters` from the declarations in optidepthnet_ros/ros.',
        '/**:',
        '  ros__parameters:',
    ]
    for group, members in groupby(parameters, lambda known: known.name.rpartition('.')[0]):
        indent = ' ' * (6 if group else 4)
        lines += [f'    {group}:'] if group else []
        for known in members:
            lines += textwrap.wrap(known.text, _WIDTH, initial_indent=f'{indent}# ', subsequent_indent=f'{indent}# ')
            lines += _wrapped(f'{known.name.rpartition(".")[2]}: {as_yaml(known.default)}', indent)
    return '\n'.join(lines) + '\n'


def table_of(parameters: tuple[Parameter, ...]) -> str:
    """Return a table in Markdown."""
    rows = [f'| `{known.name}` | `{as_yaml(known.default)}` | {known.text} |' for known in parameters]
    return '\n'.join(['| parameter | default | |', '|---|---|---|', *rows])


def _wrapped(text, indent):
    return textwrap.wrap(text, _WIDTH, initial_indent=indent, subsequent_indent=f'{indent}  ', break_on_hyphens=False)


def main() -> None:
    """Write the files."""
    write(generated())


if __name__ == '__main__':
    main()
