"""What options of the training are worth: short trainings that differ from a recipe in one of them.

    python benchmarks/ablation.py --data RECORDING... --output DIR --record benchmarks/records/ablation.json
        --encoder-weights FILE [--teacher FILE] [--ground-truth FOLDER] [-- TRAINING_OPTION...]

The recipe is that of dlite0. Same pairs in the same order, same first weights, same number of steps. Another seed alone
is a row too: a difference that is no larger than its own says nothing. What is after -- goes to every training, such
as `--hold-out SCENE --steps 200 --batch-size 8 --input-size 128 256`.
"""

from pathlib import Path

from series import arguments, train_all, write_record

PROXY = ['--appearance', '0', '--smoothness', '0', '--consistency', '0', '--proxy', '1']


def variants(encoder_weights: Path, teacher: Path | None) -> dict[str, list[str]]:
    """Return the options of each training by its name, the recipe first."""
    dlite0 = ['--network', 'dlite0', '--encoder-weights', str(encoder_weights)]
    recipe = [*dlite0, *PROXY, '--sky']
    taught = ['--teacher', str(teacher)] if teacher else []
    return {
        'recipe': recipe,
        'another seed': [*recipe, '--seed', '1'],
        'random first weights': ['--network', 'dlite0', *PROXY, '--sky'],
        'dvgg, random first weights': ['--network', 'dvgg', *PROXY, '--sky'],
        'losses of the paper': dlite0,
        'losses of the paper, hints': [*dlite0, '--hints', '1'],
        'losses of the paper, occlusion': [*dlite0, '--occlusion'],
        'no averaging': [*recipe, '--averaging', '0'],
        'no decay': [*recipe, '--decay', '0'],
        'no windows': [*recipe, '--windows', '0'],
        'windows half the time': [*recipe, '--windows', '0.5'],
        'no shades': [*recipe, '--shades', '0'],
        'blurs half the time': [*recipe, '--blurs', '0.5'],
        'no sky': [*dlite0, *PROXY],
        **({'teacher as well': [*recipe, *taught],
            'teacher as well, flip': [*recipe, *taught, '--teacher-flip']} if teacher else {}),
        '192x384': [*recipe, '--input-size', '192', '384'],
    }


def main() -> None:
    """Train what has not been trained yet, measure all, write the record."""
    parser = arguments(__doc__)
    parser.add_argument('--encoder-weights', type=Path, required=True, help='of the recipe, see `optidepthnet train`')
    parser.add_argument('--teacher', type=Path, help='checkpoint for two more rows, taught by it')
    args = parser.parse_args()
    trainings = variants(args.encoder_weights, args.teacher)
    write_record(trainings, train_all(trainings, args), args)


if __name__ == '__main__':
    main()
