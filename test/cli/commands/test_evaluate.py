# SPDX-License-Identifier: Apache-2.0
"""`optidepthnet evaluate`: systems and ground truth in, table and files out, or a one-line error."""

import csv
import json

import cv2
import numpy as np
import pytest
import yaml

from optidepthnet_ros.cli import main

WIDTH, HEIGHT = 1242, 96  # a KITTI width, for which the camera is known
IMAGE_BLIND = 'image-blind (mean of the other frames)'


@pytest.fixture
def kitti(tmp_path):
    """Write three frames: the disparity of slanted ground at 10 m and more, and a textured image."""
    random = np.random.default_rng(0)
    for name in ('disp_noc_0', 'image_2'):
        (tmp_path / name).mkdir()
    for number in range(3):
        disparity = np.linspace(10, 39, HEIGHT)[:, np.newaxis] * random.uniform(0.8, 1.2) * np.ones((1, WIDTH))
        disparity[random.random(disparity.shape) < 0.6] = 0
        cv2.imwrite(str(tmp_path / 'disp_noc_0' / f'{number:06}_10.png'), (256 * disparity).astype(np.uint16))
        noise = random.integers(0, 256, (12, 150, 3), np.uint8)
        cv2.imwrite(str(tmp_path / 'image_2' / f'{number:06}_10.png'), cv2.resize(noise, (WIDTH, HEIGHT)))
    return tmp_path


@pytest.fixture
def evaluate(kitti, capsys):
    """Return a function that runs the command and returns its status, standard output and standard error."""

    def run(*systems, ground_truth=kitti / 'disp_noc_0', **options):
        command = ['evaluate', *map(str, systems), '--ground-truth', str(ground_truth)]
        for name, value in options.items():
            command += [f'--{name.replace("_", "-")}', *([] if value is True else [str(value)])]
        status = main(command)
        return status, *capsys.readouterr()

    return run


@pytest.fixture
def write_depth(kitti):
    """Return a function that writes the truth times a factor as a folder of predictions, in any of the formats."""

    def write(folder, factor=1.0, suffix='npy', skip=0):
        (kitti / folder).mkdir()
        for path in sorted((kitti / 'disp_noc_0').iterdir())[skip:]:
            disparity = cv2.imread(str(path), cv2.IMREAD_UNCHANGED) / 256
            depth = (factor * 0.5372 * 721.5377 / np.where(disparity > 0, disparity, 20)).astype(np.float32)
            target = kitti / folder / f'{path.stem}.{suffix}'
            if suffix == 'npy':
                np.save(target, depth)
            else:
                cv2.imwrite(str(target), depth if suffix == 'pfm' else np.round(256 * depth).astype(np.uint16))
        return kitti / folder

    return write


def read_images(output):
    rows = list(csv.DictReader((output / 'images.csv').open()))
    return {name: [row for row in rows if row['system'] == name] for name in dict.fromkeys(r['system'] for r in rows)}


def test_other_systems_side_by_side(evaluate, write_depth, tmp_path):
    """Three predictions with known errors, in three formats: exact, a fifth too far, and a tenth too far."""
    folders = [write_depth('exact'), write_depth('fifth', 1.2, 'pfm'), write_depth('tenth', 1.1, 'png')]
    status, printed, _ = evaluate(folders[0], f'far={folders[1]}', folders[2], output=tmp_path / 'out', show=0)
    assert status == 0
    lines = printed.splitlines()
    assert lines[0] == '3 frames of KITTI 2015 disparity: no median scaling, depth up to 80 m, no crop'
    means = {
        line.split(None, 11)[11]: line.split()[:11]
        for line in lines[2:]
        if any(line.endswith(f' {name}') for name in (folders[0], 'far', folders[2], IMAGE_BLIND))
        and 'minus' not in line
    }
    assert list(means) == [str(folders[0]), 'far', str(folders[2]), IMAGE_BLIND]
    assert means[str(folders[0])] == [
        '0.0000',
        '0.000',
        '0.000',
        '0.0000',
        '1.0000',
        '1.0000',
        '1.0000',
        '0.00',
        '0.000',
        '1.000',
        '1.000',
    ]
    assert means['far'][0] == '0.2000' and means['far'][9] == '0.833'
    assert float(means[str(folders[2])][0]) == pytest.approx(0.1, abs=2e-4)
    assert float(means[IMAGE_BLIND][0]) > 0.02
    assert '+0.2000*' in printed and printed == (tmp_path / 'out' / 'table.txt').read_text()
    assert sorted(path.name for path in (tmp_path / 'out').iterdir()) == [
        'images.csv',
        'results.json',
        'summary.csv',
        'table.txt',
    ]
    results = json.loads((tmp_path / 'out' / 'results.json').read_text())
    assert results['settings']['frames'] == 3 and results['systems'][1]['path'] == str(folders[1])


def test_median_scaling_removes_the_scale_error(evaluate, write_depth, tmp_path):
    status, _, _ = evaluate(write_depth('far', 1.5), median_scaling=True, crop='garg', output=tmp_path / 'out', show=0)
    assert status == 0
    rows = read_images(tmp_path / 'out')[str(tmp_path / 'far')]
    assert [float(row['abs_rel']) for row in rows] == pytest.approx([0] * 3, abs=1e-6)
    assert [float(row['scale_ratio']) for row in rows] == pytest.approx([1 / 1.5] * 3)


def test_a_checkpoint_scores_the_same_as_the_files_of_predict(evaluate, checkpoint_file, kitti, tmp_path):
    """Flip post-processing is also evaluated as its own system, and all systems are drawn."""
    pytest.importorskip('matplotlib')
    camera = tmp_path / 'camera.yaml'
    camera.write_text(
        yaml.safe_dump(
            {
                'image_width': WIDTH,
                'image_height': HEIGHT,
                'projection_matrix': {
                    'data': [721.5377, 0, (WIDTH - 1) / 2, 0, 0, 721.5377, (HEIGHT - 1) / 2, 0, 0, 0, 1, 0]
                },
            }
        )
    )
    assert (
        main(
            [
                'predict',
                str(kitti / 'image_2'),
                '--camera',
                str(camera),
                '--output',
                str(tmp_path / 'predicted'),
                '--checkpoint',
                str(checkpoint_file),
                '--runtime',
                'torch',
                '--format',
                'npy',
                'png',
            ]
        )
        == 0
    )
    status, _, _ = evaluate(
        f'net={checkpoint_file}', f'files={tmp_path / "predicted"}', flip=True, output=tmp_path / 'out', show=2
    )
    assert status == 0
    rows = read_images(tmp_path / 'out')
    assert list(rows) == ['net', 'net + flip', 'files', IMAGE_BLIND]
    for name in ('abs_rel', 'rmse', 'delta1'):
        assert [row[name] for row in rows['net']] == [row[name] for row in rows['files']]
    # Not delta1: it is 0 with untrained weights, flipped or not.
    for name in ('abs_rel', 'rmse'):
        assert [row[name] for row in rows['net']] != [row[name] for row in rows['net + flip']]
    record = json.loads((tmp_path / 'out' / 'results.json').read_text())['systems'][1]
    assert record['path'] == str(checkpoint_file) and len(record['sha256']) == 64
    picture = cv2.imread(str(tmp_path / 'out' / 'comparison.png'))
    assert picture.shape[0] > 300 and picture.shape[1] > 1000


def test_plain_depth_files_need_no_calibration(evaluate, write_depth, tmp_path):
    truth, prediction = write_depth('truth'), write_depth('prediction', 2.0)
    status, printed, _ = evaluate(prediction, ground_truth=truth)
    assert status == 0
    assert printed.splitlines()[0].startswith('3 frames of depth files')
    assert 'd1' not in printed and '1.0000' in printed


def test_velodyne_sweeps_by_folder_and_by_split(evaluate, tmp_path):
    """A wall of points 10 m ahead is predicted at 12 m, in files with the name that each form gives the frame."""
    drive = tmp_path / '2011_09_26' / 'drive_0001_sync'
    sweeps = drive / 'velodyne_points' / 'data'
    sweeps.mkdir(parents=True)
    (drive.parent / 'calib_cam_to_cam.txt').write_text(
        'R_rect_00: 1 0 0 0 1 0 0 0 1\nS_rect_02: 40 30\nP_rect_02: 20 0 20 0 0 20 15 0 0 0 1 0\n'
        'P_rect_03: 20 0 20 -10 0 20 15 0 0 0 1 0\n'
    )
    (drive.parent / 'calib_velo_to_cam.txt').write_text('R: 0 -1 0 0 0 -1 1 0 0\nT: 0 0 0\n')
    y, z = np.meshgrid(np.linspace(-9, 9, 20), np.linspace(-6, 6, 20))
    points = np.stack([np.full(y.shape, 10.0), y, z, np.zeros(y.shape)], axis=-1)
    points.astype(np.float32).tofile(sweeps / '0000000003.bin')
    (tmp_path / 'split.txt').write_text('2011_09_26/drive_0001_sync 3 l\n')
    (tmp_path / 'predictions').mkdir()
    for name in ('0000000003', 'drive_0001_sync_0000000003'):
        np.save(tmp_path / 'predictions' / f'{name}.npy', np.full((30, 40), 12.0, np.float32))
    for options in ({'ground_truth': sweeps}, {'ground_truth': tmp_path, 'split': tmp_path / 'split.txt'}):
        status, printed, _ = evaluate(tmp_path / 'predictions', **options)
        heading, columns, row = printed.partition('\n\n')[0].splitlines()
        assert status == 0 and heading.startswith('1 frame of projected Velodyne points')
        values = dict(zip(columns.replace('d1 %', 'd1').split(), row.split()))
        assert (values['abs_rel'], values['rmse'], values['epe']) == ('0.2000', '2.000', '0.167')  # 10 / 10 - 10 / 12


def test_kittis_calibration_gives_depth_pictures_a_disparity(evaluate, tmp_path):
    (tmp_path / 'calib_cam_to_cam.txt').write_text(
        'S_rect_02: 8 4\nP_rect_02: 100 0 4 0 0 100 2 0 0 0 1 0\nP_rect_03: 100 0 4 -50 0 100 2 0 0 0 1 0\n'
    )
    for name, depth in (('groundtruth', 10.0), ('predictions', 5.0)):
        (tmp_path / name).mkdir()
        cv2.imwrite(str(tmp_path / name / 'a.png'), np.full((4, 8), 256 * depth, np.uint16))
    status, printed, _ = evaluate(
        tmp_path / 'predictions', ground_truth=tmp_path / 'groundtruth', camera=tmp_path / 'calib_cam_to_cam.txt'
    )
    assert status == 0
    assert printed.splitlines()[2].split()[7:9] == ['100.00', '5.000']  # 10 px instead of 5 px


def test_a_single_frame_has_neither_interval_nor_image_blind_baseline(evaluate, write_depth, kitti):
    folder = write_depth('far', 1.25)
    for name in ('000001_10', '000002_10'):
        (kitti / 'disp_noc_0' / f'{name}.png').unlink()
    status, printed, _ = evaluate(folder)
    assert status == 0 and len(printed.partition('\n\n')[0].splitlines()) == 3


def test_a_missing_prediction_is_named(evaluate, write_depth):
    assert_refused(evaluate(write_depth('few', skip=1)), '000000_10.npy: no such prediction')


def test_a_prediction_of_another_size_is_named(evaluate, write_depth):
    folder = write_depth('small')
    np.save(folder / '000001_10.npy', np.ones((48, 621), np.float32))
    assert_refused(evaluate(folder), '000001_10.npy: the prediction is 621x48, but its ground truth is 1242x96: resize')


def test_a_prediction_without_any_known_depth_is_named(evaluate, write_depth):
    folder = write_depth('empty')
    np.save(folder / '000001_10.npy', np.full((HEIGHT, WIDTH), np.nan))
    assert_refused(evaluate(f'mine={folder}'), "mine, frame '000001_10': no pixel has both")


def test_a_frame_without_truth_is_named(evaluate, write_depth, kitti):
    folder = write_depth('some')
    cv2.imwrite(str(kitti / 'disp_noc_0' / '000001_10.png'), np.zeros((HEIGHT, WIDTH), np.uint16))
    assert_refused(evaluate(folder), '000001_10.png: no pixel has a ground truth: leave this frame out')


def test_an_image_that_is_missing_or_of_another_size_is_named(evaluate, checkpoint_file, kitti):
    cv2.imwrite(str(kitti / 'image_2' / '000001_10.png'), np.zeros((48, 621, 3), np.uint8))
    assert_refused(evaluate(checkpoint_file), '000001_10.png: the image is 621x48, but its ground truth is 1242x96')
    (kitti / 'image_2' / '000001_10.png').unlink()
    assert_refused(evaluate(checkpoint_file), "no image of frame '000001_10': complete the data, or give the folder")


def test_a_checkpoint_needs_a_camera(evaluate, checkpoint_file, write_depth, kitti):
    truth = write_depth('truth')
    assert_refused(
        evaluate(checkpoint_file, ground_truth=truth, images=kitti / 'image_2'),
        '000000_10.png: no calibration is known for 1242x96: give it with --camera',
    )


@pytest.mark.parametrize(
    'systems, options, message',
    [
        (['nowhere'], {}, 'nowhere: no such file, and no shipped model'),
        (['a=disp_noc_0', 'a=image_2'], {}, 'two systems have the same name'),
        (['disp_noc_0'], {'flip': True}, '--flip is for checkpoints'),
        (['disp_noc_0'], {'resamplings': 5}, '--resamplings is 5, but must be at least 100'),
        (['disp_noc_0'], {'baseline': 'nan'}, '--baseline is nan, but must be positive metres'),
        (['disp_noc_0'], {'max_depth': 0}, 'the largest depth is 0.0 m'),
        (['disp_noc_0'], {'camera': 'none.yaml'}, 'none.yaml: cannot be read'),
        (['disp_noc_0'], {'kind': 'depth'}, 'disp_noc_0: no .npy or .pfm ground truth in this folder'),
        (['disp_noc_0'], {'kind': 'kitti2015', 'split': 'split.txt'}, '--split is for Velodyne ground truth'),
        (['disp_noc_0'], {'split': 'split.txt', 'images': 'image_2'}, 'omit --images and --camera'),
        (['disp_noc_0'], {'kind': 'velodyne', 'camera': 'a.yaml'}, 'a.yaml: Velodyne points need calib_cam_to_cam.txt'),
        (['disp_noc_0'], {'ground_truth': 'nowhere'}, 'nowhere: no such folder of ground truth'),
    ],
)
def test_unusable_options_are_named(evaluate, kitti, monkeypatch, systems, options, message):
    monkeypatch.chdir(kitti)
    assert_refused(evaluate(*systems, **options), message)


def assert_refused(result, message):
    """Assert status 2, one line of error and nothing on standard output."""
    status, printed, complaint = result
    assert status == 2 and not printed
    assert message in complaint and len(complaint.splitlines()) == 1, complaint
