# SPDX-License-Identifier: Apache-2.0
"""`optidepthnet train` on recordings as found in practice: a bag, and folders with damaged images."""

import argparse

import pytest
from stereo_recordings import recording, wall, write_bag, write_scene
from trainings import Training

from optidepthnet_ros.checkpoints.checkpoint import Checkpoint
from optidepthnet_ros.cli import main
from optidepthnet_ros.cli.commands.train import add_arguments
from optidepthnet_ros.training.recipes import DEFAULT, RECIPES, follow_recipe

pytestmark = pytest.mark.long


@pytest.fixture
def train(tmp_path):
    write_bag(tmp_path / 'drive', recording(4))
    write_scene(tmp_path / 'street', 20)

    def run(*options):
        with Training(
            *('--data', tmp_path / 'drive', tmp_path / 'street', '--hold-out', 'street', '--output', tmp_path / 'run'),
            *('--licence', 'test', '--recipe', 'stereo', '--network', 'dnano', '--norm', 'none', '--windows', '96x128'),
            *('--steps', 2, '--batch-size', 2, '--validate-every', 2, '--workers', 0, '--precision', '32-true'),
            *options,
        ) as training:
            return training.end()

    return run


def cut_short(path):
    path.write_bytes(path.read_bytes()[:1000])


def test_a_bag_is_trained_on_and_a_damaged_image_is_skipped_and_named(train, tmp_path):
    damaged = tmp_path / 'street' / 'left' / '000004.png'
    cut_short(damaged)
    status, errors = train()
    assert status == 0, errors
    provenance = Checkpoint.load(tmp_path / 'run' / 'last.safetensors').provenance
    assert provenance.training_data == '4 stereo pairs of 1 scenes: drive'
    assert f'skipped a damaged frame: {damaged}: not a readable image' in errors
    assert f'1 damaged frames were skipped: {damaged}\n' in errors


def test_too_many_damaged_images_end_the_training_with_one_line(train, tmp_path):
    for name in ('000004', '000005'):
        cut_short(tmp_path / 'street' / 'left' / f'{name}.png')
    status, errors = train()
    assert status == 2
    assert errors.splitlines()[-1].startswith('optidepthnet train: 2 of 20 frames are damaged, more than 5%')


def test_unusable_data_is_refused_before_the_first_step(train, tmp_path):
    write_scene(tmp_path / 'street', 20, lambda index: wall(index)[::-1])
    status, errors = train()
    assert status == 2
    assert 'street: left and right are swapped' in errors.splitlines()[-1]
    assert not (tmp_path / 'run').exists()


@pytest.mark.parametrize(
    'options, message',
    [
        ('--smoothness -0.1', '--smoothness is -0.1, but must be zero or positive'),
        ('--hints nan', '--hints is nan, but must be zero or positive'),
        ('--proxy 0 --depth 0', 'nothing to learn from: any constant disparity is smooth and consistent'),
        ('--hints 1', '--proxy and --hints both follow stereo matching'),
        ('--proxy 0 --sky', '--sky is for --proxy, whose weight is 0'),
        ('--occlusion', '--occlusion is for --appearance, whose weight is 0'),
        ('--teacher-weight 1', '--teacher-weight needs a --teacher'),
        ('--teacher net.onnx', '--teacher net.onnx: an ONNX network labels recordings once, before the training'),
        ('--teacher some.safetensors --teacher-weight 0', '--teacher-weight is 0, so the teacher would have no effect'),
        ('--base some.safetensors --baseline 0.5', '--baseline: --base keeps its own'),
        ('--recipe finetune', '--recipe finetune needs a --base to start from'),
        ('--learning-rate 0', '--learning-rate is 0.0, but must be positive'),
        ('--validate-every 0', '--validate-every is 0, but must be at least 1'),
        ('--averaging 1', '--averaging is 1.0, but must be at least 0 and below 1'),
    ],
)
def test_options_that_make_no_sense_are_refused_before_the_data_is_read(options, message, capsys):
    assert main(['train', '--data', 'nowhere', '--output', 'nowhere', '--licence', 'test', *options.split()]) == 2
    assert capsys.readouterr().err.startswith(f'optidepthnet train: {message}')


@pytest.mark.parametrize('recipe, given', [*((name, '') for name in RECIPES), ('paper', '--averaging 0.9 --proxy 0')])
def test_a_recipe_sets_all_options_that_are_not_given(recipe, given):
    """Also, all recipes set the same options."""
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    line = f'--data a --output b --licence c --recipe {recipe} {given}'
    args = parser.parse_args(line.split())
    asked = {name: value for name, value in vars(args).items() if value is not None}
    follow_recipe(args)
    options = {name: value for name, value in RECIPES[recipe].items() if name in args}
    assert vars(args) | options | asked == vars(args)
    assert RECIPES[recipe].keys() == RECIPES[DEFAULT].keys()
    parser.format_help()


@pytest.mark.parametrize(
    'given, windows', [('', ((75, 251), (145, 192), (112, 177), (64, 202))), ('--windows 100x200', [(100, 200)])]
)
def test_default_windows_show_the_same_field_of_view_at_the_resolution_of_the_base(given, windows):
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    args = parser.parse_args(f'--data a --output b --licence c --recipe finetune {given}'.split())
    follow_recipe(args, 160.0)
    assert args.windows == windows


@pytest.mark.parametrize('shape', ['168', '168x', '20x300', '-168x265'])
def test_invalid_window_sizes_are_refused(shape, capsys):
    with pytest.raises(SystemExit):
        main(['train', '--data', 'nowhere', '--output', 'nowhere', '--licence', 'test', f'--windows={shape}'])
    assert f"'{shape}' is not a window: give HEIGHTxWIDTH in pixels" in capsys.readouterr().err
