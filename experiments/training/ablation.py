# SPDX-License-Identifier: Apache-2.0
"""The effect of training options: short trainings that differ from a recipe in one of them.

    python -m experiments.training.ablation --data RECORDING... --output DIR --record experiments/records/ablation.json
        [--network dlite0] [--encoder-weights FILE] [--teacher FILE] [--rows NAME...] [--ground-truth FOLDER]
        [-- TRAINING_OPTION...]

The first row, the recipe, learns from stereo matching with the options of `--recipe stereo`. All trainings have the
same pairs in the same order, the same initial weights and the same number of steps.
One row differs only in the seed: a difference that is not larger than that of this row means nothing. Options after --
go to every training, for example `--hold-out SCENE --steps 200 --batch-size 8`.
"""

from pathlib import Path

from experiments.training.series import arguments, train_all, write_record

PROXY = ['--appearance', '0', '--smoothness', '0', '--consistency', '0', '--proxy', '1']


def variants(network: str, encoder_weights: Path | None, teacher: Path | None) -> dict[str, list[str]]:
    """Return the options of each training by its name, the recipe first."""
    fresh = ['--network', network]
    begun = [*fresh, *(['--encoder-weights', str(encoder_weights)] if encoder_weights else [])]
    recipe = [*begun, *PROXY, '--sky']
    taught = ['--teacher', str(teacher)] if teacher else []
    return {
        'recipe': recipe,
        'another seed': [*recipe, '--seed', '1'],
        **({'random first weights': [*fresh, *PROXY, '--sky']} if encoder_weights else {}),
        'losses of the paper': begun,
        'losses of the paper, hints': [*begun, '--hints', '1'],
        'losses of the paper, occlusion': [*begun, '--occlusion'],
        'no averaging': [*recipe, '--averaging', '0'],
        'no decay': [*recipe, '--decay', '0'],
        'no zoom': [*recipe, '--zoom-probability', '0'],
        'no photometric changes': [*recipe, '--photometric-probability', '0'],
        'blur half the time': [*recipe, '--blur-probability', '0.5'],
        'DepthMix': [*recipe, '--depthmix-probability', '0.3'],
        'no sky': [*begun, *PROXY],
        **(
            {'teacher as well': [*recipe, *taught], 'teacher as well, flip': [*recipe, *taught, '--teacher-flip']}
            if teacher
            else {}
        ),
        '1.5 times the focal length': [
            *recipe,
            *('--canonical-focal', '360', '--canonical-width', '960'),
            *('--windows', '168x566', '326x432', '252x398', '131x455'),
        ],
    }


def main() -> None:
    """Run the trainings that are missing, measure all, write the record."""
    parser = arguments(__doc__)
    parser.add_argument('--network', default='dlite0', help='default: %(default)s')
    parser.add_argument('--encoder-weights', type=Path, help='initial weights of the encoder, see `optidepthnet train`')
    parser.add_argument('--teacher', type=Path, help='checkpoint that teaches two more rows')
    parser.add_argument('--rows', nargs='+', metavar='NAME', help='only these rows; default: all')
    args = parser.parse_args()
    trainings = variants(args.network, args.encoder_weights, args.teacher)
    if unknown := set(args.rows or ()) - set(trainings):
        parser.error(f'there is no row {", ".join(sorted(unknown))}, but {", ".join(trainings)}')
    trainings = {name: options for name, options in trainings.items() if not args.rows or name in args.rows}
    write_record(trainings, train_all(trainings, args), args)


if __name__ == '__main__':
    main()
