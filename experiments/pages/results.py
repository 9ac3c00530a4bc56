# SPDX-License-Identifier: Apache-2.0
"""Put the records into docs/results.md, README.md and the model cards, and draw; nothing is copied by hand.

    python -m experiments.pages.results

Reads experiments/records/*.json, which shipped.py, distances.py, robustness.py, comparison.py and ablation.py have
written. A test fails if the pages differ from the output of this script.
"""

import json
from pathlib import Path

from matplotlib.figure import Figure

from experiments.pages.page import PAGES, ROOT, filled, table, write
from optidepthnet_ros.checkpoints.models import DEFAULT_MODEL, PLACES, shipped_models

RECORDS = Path(__file__).resolve().parents[1] / 'records'
# Name in the record, heading, digits, and factor.
TRUTH = (
    ('abs_rel', 'Abs Rel', 3),
    ('sq_rel', 'Sq Rel', 2),
    ('rmse', 'RMSE m', 2),
    ('rmse_log', 'RMSE log', 3),
    ('delta1', 'delta1', 3),
    ('delta2', 'delta2', 3),
    ('delta3', 'delta3', 3),
    ('scale_ratio', 'median scale', 3),
)
HELD_OUT = (('proxy_outliers', 'outliers', 3), ('photometric', 'photometric', 4))
ROBUSTNESS = (('change', 'change', 3), ('tolerated', 'tolerated', 2), *(TRUTH[i] for i in (0, 2, 4, 7)))
EDGES = (
    ('edge_completeness', 'completeness, px'),
    ('edge_recall', 'found'),
    ('edge_accuracy', 'accuracy, px'),
    ('edge_precision', 'right'),
)
# Heading, and key of the scores in the record, of a training in teaching.json.
TAUGHT = (
    ('streets, matches', 'streets, matched'),
    ('streets, teachers', 'streets, teacher'),
    ('rooms', 'rooms, rendered'),
)
PAPER_EPOCH = 3756  # pairs, of the paper


def read(name: str) -> dict:
    """Return a record."""
    return json.loads((RECORDS / f'{name}.json').read_text())


def interval(metrics: dict, name: str, digits: int) -> str:
    """Return a mean with its interval."""
    estimate = metrics[name]
    low, high = estimate['interval']
    return f'{estimate["mean"]:.{digits}f} ({low:.{digits}f} to {high:.{digits}f})'


def truth_table(systems: dict[str, dict]) -> str:
    """Return rows of all metrics against ground truth, as ``series.against_truth`` gives them."""
    return table(
        ['', *(heading for _, heading, _ in TRUTH)],
        [[name, *(interval(metrics, key, digits) for key, _, digits in TRUTH)] for name, metrics in systems.items()],
    )


def rooms_table(systems: dict[str, dict]) -> str:
    """Return rows of the metrics for rooms."""
    shown = [TRUTH[i] for i in (0, 2, 4, 5, 7)]
    return table(
        ['', *(heading for _, heading, _ in shown)],
        [[name, *(interval(metrics, key, digits) for key, _, digits in shown)] for name, metrics in systems.items()],
    )


def trained_table(systems: dict[str, dict]) -> str:
    """Return a row for each training: held-out scenes, and four metrics against ground truth."""
    shown = [TRUTH[i] for i in (0, 2, 4, 7)]
    rows = []
    for name, system in systems.items():
        held_out = system.get('held_out')
        rows.append(
            [
                name,
                *(f'{held_out[key]:.{digits}f}' if held_out else '' for key, _, digits in HELD_OUT),
                *(interval(system['truth'], key, digits) for key, _, digits in shown),
            ]
        )
    return table(['', *(heading for _, heading, _ in (*HELD_OUT, *shown))], rows)


def distance_table(record: dict) -> str:
    """Return a row for each system: median ratio, and shares much too far and much too near, at each distance."""
    ranges = zip(record['distances'], record['distances'][1:])
    return table(
        ['', *(f'{near} to {far} m' for near, far in ranges)],
        [
            [name, *(f'{part["median"]:.2f}, {part["too_far"]:.0%} far, {part["too_near"]:.0%} near' for part in parts)]
            for name, parts in record['rows'].items()
        ],
    )


def overfitting_table(systems: dict[str, dict]) -> str:
    """Return a row for each training: outliers at its end, their minimum and when, and the photometric error."""
    return table(
        ['', 'outliers', 'at best', 'at step', 'photometric'],
        [
            [
                name,
                *(f'{system[when]["proxy_outliers"]:.3f}' for when in ('held_out', 'best')),
                str(system['best']['steps']),
                f'{system["held_out"]["photometric"]:.4f}',
            ]
            for name, system in systems.items()
            if 'best' in system
        ],
    )


def teaching_table(record: dict) -> str:
    """Return a row for each training that was made: Abs Rel and delta1 by held-out scenes and reference."""
    rows = [
        [name, *(f'{scores[key][1]:.3f}, {scores[key][2]:.3f}' for _, key in TAUGHT)]
        for name, scores in record['rows'].items()
    ]
    return table(['', *(f'{heading}: Abs Rel, delta1' for heading, _ in TAUGHT)], rows)


def cost_table(costs: dict) -> str:
    """Return parameters, multiply-accumulates and times, and how much of them the separable network saves."""
    rows = []
    for name, cost in costs['systems'].items():
        epoch = cost['step_seconds'] * PAPER_EPOCH / costs['batch'] / 60
        rows.append(
            [
                name,
                f'{cost["parameters"] / 1e6:.2f}',
                f'{cost["gmac"]:.2f}',
                f'{1e3 * cost["frame_seconds"]:.0f}',
                f'{epoch:.0f}',
            ]
        )
    for dense in ('vgg', 'resnet50', 'resnet152'):
        pair = [costs['systems'][name] for name in (dense, f'd{dense}')]
        rows.append(
            [
                f'{dense} / d{dense}',
                *(
                    f'{pair[0][key] / pair[1][key]:.2f}'
                    for key in ('parameters', 'gmac', 'frame_seconds', 'step_seconds')
                ),
            ]
        )
    return table(['', 'M parameters', 'GMAC', 'ms a frame', 'min an epoch'], rows)


def edges_table(record: dict) -> str:
    """Return a row for each system: the distance of depth edges from those of the truth, in each place."""
    columns = [(place, key, heading) for place in record for key, heading in EDGES]
    rows = [
        [name, *(f'{record[place]["rows"][name][key]:.2f}' for place, key, _ in columns)]
        for name in record['rooms']['rows']
    ]
    return table(['', *(f'{place}: {heading}' for place, _, heading in columns)], rows)


def robustness_table(record: dict) -> str:
    """Return a row for each change to the frames."""
    return table(
        ['', *(heading for _, heading, _ in ROBUSTNESS)],
        [[name, *(f'{row[key]:.{digits}f}' for key, _, digits in ROBUSTNESS)] for name, row in record['rows'].items()],
    )


def draw_costs(costs: dict, path: Path) -> None:
    """Draw parameters and epoch times as bars, as in the paper's figures 4 and 5."""
    figure = Figure(figsize=(9, 3.2), layout='constrained')
    names = list(costs['systems'])
    for axes, title, values in zip(
        figure.subplots(1, 2),
        ('million parameters', 'minutes of one core for an epoch'),
        (
            [cost['parameters'] / 1e6 for cost in costs['systems'].values()],
            [cost['step_seconds'] * PAPER_EPOCH / costs['batch'] / 60 for cost in costs['systems'].values()],
        ),
    ):
        bars = axes.bar(names, values, color=['darkorange' if name.startswith('d') else 'steelblue' for name in names])
        axes.bar_label(bars, fmt='%.3g', fontsize=8)
        axes.tick_params(axis='x', labelrotation=30, labelsize=8)
        axes.set_title(title, fontsize=9)
    figure.savefig(path, dpi=120)


def accuracy_of(model: str, systems: dict[str, dict]) -> str:
    """Return a sentence with a model's figures and those of the floor."""
    floor = next(metrics for name, metrics in systems.items() if name.startswith('image-blind'))
    abs_rel, delta1 = (
        [f'{metrics[key]["mean"]:.3f}' for metrics in (systems[model], floor)] for key in ('abs_rel', 'delta1')
    )
    return (
        f'On 18 frames of KITTI 2015, without median scaling, `{model}` has an Abs Rel of {abs_rel[0]} and a delta1 of '
        f'{delta1[0]},\nwhere a baseline that ignores the image has {abs_rel[1]} and {delta1[1]}.'
    )


def card_table(model: str, systems: dict[str, dict]) -> str:
    """Return the rows of a model, without and with flip, and of the floor."""
    shown = [name for name in systems if name == model or name.startswith((f'{model} + ', 'image-blind'))]
    return truth_table({name: systems[name] for name in shown})


def generated() -> dict[str, str]:
    """Return the content of each page, by its path in the repository."""
    comparison, ablation, shipped = read('comparison'), read('ablation'), read('shipped')['systems']
    rooms = {'rooms': rooms_table(read('rooms')['metres']), 'rooms scaled': rooms_table(read('rooms')['scaled'])}
    cards = {model: {'accuracy': card_table(model, shipped)} for model in shipped_models()}
    cards[PLACES['indoors']] |= rooms
    blocks = {
        'README.md': {'accuracy': accuracy_of(DEFAULT_MODEL, shipped)},
        **{f'models/{model}.md': content for model, content in cards.items()},
        'docs/results.md': {
            'shipped': truth_table(shipped),
            'distances': distance_table(read('distances')),
            'robustness': robustness_table(read('robustness')),
            'edges': edges_table(read('edges')),
            **rooms,
            'teaching': teaching_table(read('teaching')),
            'canonical comparison': truth_table(read('canonical_comparison')['systems']),
        },
        'docs/experiments.md': {
            'comparison': trained_table(comparison['systems']),
            'comparison in full': truth_table(
                {name: system['truth'] for name, system in comparison['systems'].items()}
            ),
            'costs': cost_table(comparison['costs']),
            'ablation': trained_table(ablation['systems']),
            'full length': trained_table(read('full_length')['systems']),
            'overfitting': overfitting_table(read('overfitting')['systems']),
        },
    }
    return {path: filled(ROOT / path, content) for path, content in blocks.items()}


def main() -> None:
    """Write the pages and draw."""
    write(generated())
    draw_costs(read('comparison')['costs'], PAGES / 'pictures' / 'costs.png')


if __name__ == '__main__':
    main()
