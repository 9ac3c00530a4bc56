# SPDX-License-Identifier: Apache-2.0
"""Sends large best-effort images from one process to others, and counts how many arrive.

With Fast DDS's defaults and with config/fastdds.xml.

    python -m experiments.robot.lost_frames [--frames 240] [--rate 30] [--width 640 --height 480] [--listeners 1]

A listener's queue holds ten images, so that it loses none if it runs late. Time is from the stamp to the callback.
"""

import argparse
import multiprocessing
import os
import time
from pathlib import Path

import numpy as np
import rclpy
from rclpy.qos import qos_profile_sensor_data
from rclpy.time import Time
from sensor_msgs.msg import Image
from std_msgs.msg import Empty

from optidepthnet_ros.files.share import share_path
from optidepthnet_ros.ros.conversions.image_message import write_image
from optidepthnet_ros.ros.demo.processes import private_ros_environment
from optidepthnet_ros.ros.support.fast_dds import PROFILES

_PATIENCE = 3.0  # after so many seconds without an image, the rest is lost


def main() -> None:
    """Measure both configurations and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--frames', type=int, default=240)
    parser.add_argument('--rate', type=float, default=30.0, help='images per second; default: %(default)s')
    parser.add_argument('--width', type=int, default=640)
    parser.add_argument('--height', type=int, default=480)
    parser.add_argument('--listeners', type=int, default=1)
    parser.add_argument('--profile', default=str(share_path('config', 'fastdds.xml')), help='default: %(default)s')
    args = parser.parse_args()
    os.environ.update(private_ros_environment())  # children inherit it
    print(f'{args.frames} images of {args.width}x{args.height}x3 at {args.rate:g} Hz, best effort')
    print('| Fast DDS | arrived at each listener | median ms | p95 ms |\n|---|---:|---:|---:|')
    for name, profile in (('defaults', ''), (Path(args.profile).name, args.profile)):
        for variable in PROFILES:
            os.environ.pop(variable, None)
            if profile:
                os.environ[variable] = profile
        milliseconds = _exchange(args)
        arrived = ', '.join(str(len(times)) for times in milliseconds)
        median, slow = np.percentile(np.concatenate(milliseconds) if any(milliseconds) else [np.nan], (50, 95))
        print(f'| {name} | {arrived} | {median:.1f} | {slow:.1f} |', flush=True)


def _exchange(args) -> list[list[float]]:
    """Return for each listener the milliseconds that each of its images took to arrive."""
    spawn = multiprocessing.get_context('spawn')
    results = spawn.Queue()
    listeners = [spawn.Process(target=_listen, args=(results,)) for _ in range(args.listeners)]
    camera = spawn.Process(target=_send, args=(args,))
    for process in (*listeners, camera):
        process.start()
    milliseconds = [results.get() for _ in listeners]
    for process in (*listeners, camera):
        process.join()
    return milliseconds


def _send(args):
    rclpy.init()
    node = rclpy.create_node('camera')
    publisher = node.create_publisher(Image, 'image', qos_profile_sensor_data)
    message = Image()
    write_image(message, np.random.default_rng(0).integers(0, 256, (args.height, args.width, 3), np.uint8), 'bgr8')
    while publisher.get_subscription_count() < args.listeners:
        time.sleep(0.1)
    time.sleep(1)  # discovery may be complete on one side but not on the other
    start = time.monotonic()
    for number in range(args.frames):
        time.sleep(max(0.0, start + number / args.rate - time.monotonic()))
        message.header.stamp = node.get_clock().now().to_msg()
        publisher.publish(message)
    end = node.create_publisher(Empty, 'end', 1)
    while end.get_subscription_count():  # until all listeners are gone
        end.publish(Empty())
        time.sleep(0.5)


def _listen(results):
    rclpy.init()
    node = rclpy.create_node('listener')
    times, last, ended = [], [time.monotonic()], []

    def take(message):
        times.append((node.get_clock().now() - Time.from_msg(message.header.stamp)).nanoseconds / 1e6)
        last[0] = time.monotonic()

    node.create_subscription(Image, 'image', take, qos_profile_sensor_data)
    node.create_subscription(Empty, 'end', ended.append, 1)
    while not ended or time.monotonic() < last[0] + _PATIENCE:
        rclpy.spin_once(node, timeout_sec=0.1)
    results.put(times)
    node.destroy_node()
    rclpy.shutdown()


if __name__ == '__main__':
    main()
