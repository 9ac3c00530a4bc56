# SPDX-License-Identifier: Apache-2.0
"""Draw docs/pictures/demo.webp: the demonstration's frames, their depth, and their point cloud from above.

python -m experiments.pages.moving_picture
"""

from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image

from experiments.pages.page import PAGES
from optidepthnet_ros.checkpoints.models import default_checkpoint
from optidepthnet_ros.files.calibration_file import read_camera
from optidepthnet_ros.files.image_file import find_images, read_image
from optidepthnet_ros.files.share import share_path
from optidepthnet_ros.inference import DepthEstimator
from optidepthnet_ros.ros.demo.picture import draw_picture
from optidepthnet_ros.ros.depth_node.outputs import depth_to_publish
from optidepthnet_ros.ros.depth_node.parameters import Parameters

PICTURE = PAGES / 'pictures' / 'demo.webp'
SIZE, FRAME_MS, QUALITY = (1000, 443), 200, 60


def main() -> None:
    """Draw it, with depth as the node publishes it."""
    folder, p = share_path('demo', 'kitti_odometry'), Parameters()
    camera, estimator = read_camera(folder / 'camera.yaml'), DepthEstimator.from_file(default_checkpoint())
    pictures = []
    with TemporaryDirectory() as temporary:
        for path in find_images([folder]):
            image = read_image(path)
            estimate = estimator.estimate(image, camera)
            depth = depth_to_publish(estimate, p)
            drawn = Path(temporary) / f'{path.stem}.png'
            draw_picture(drawn, image, depth, camera)
            pictures.append(Image.open(drawn).convert('RGB').resize(SIZE, Image.Resampling.LANCZOS))
    pictures[0].save(
        PICTURE, save_all=True, append_images=pictures[1:], duration=FRAME_MS, loop=0, quality=QUALITY, method=6
    )


if __name__ == '__main__':
    main()
