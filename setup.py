# SPDX-License-Identifier: Apache-2.0
"""Installs the package: for pip, and for colcon as an ament_python package."""

import os

from setuptools import find_packages, setup

NAME = 'optidepthnet_ros'


def share(folder):
    """Return the ``data_files`` entries that copy a folder into the package's share folder."""
    return [
        (f'share/{NAME}/{here}', [f'{here}/{file}' for file in files])
        for here, _, files in os.walk(folder)
        if files and '__pycache__' not in here
    ]


setup(
    name=NAME,
    version='0.1.0',
    description='Metric depth images and point clouds from one rectified camera, with OptiDepthNet',
    license='Apache-2.0',
    author='OptiDepthNet ROS maintainers',
    author_email='maintainers@users.noreply.b-seed-2327a33a.example',
    maintainer='OptiDepthNet ROS maintainers',
    maintainer_email='maintainers@users.noreply.b-seed-2327a33a.example',
    python_requires='>=3.10',
    packages=find_packages(include=[NAME, f'{NAME}.*']),
    # With it an editable install is a path (.pth) that comes before a folder of this name, such as the clone itself
    # beside a script; without, it is an import hook that comes after.
    package_dir={'': '.'},
    package_data={NAME: ['py.typed']},
    data_files=[
        ('share/ament_index/resource_index/packages', [f'resource/{NAME}']),
        (f'share/{NAME}', ['package.xml']),
        *share('launch'),
        *share('config'),
        *share('models'),
        *share('demo'),
    ],
    install_requires=['numpy', 'opencv-python-headless', 'PyYAML', 'safetensors', 'torch'],
    extras_require={
        # On a machine with a sourced ROS 2 these come with it.
        'ros': [
            'ros-jazzy-rclpy[fastrtps]',
            'ros-jazzy-diagnostic-msgs',
            'ros-jazzy-geometry-msgs',
            'ros-jazzy-nav-msgs',
            'ros-jazzy-sensor-msgs',
            'ros-jazzy-std-srvs',
            'ros-jazzy-stereo-msgs',
        ],
        'demo': ['matplotlib', 'rosbags'],
        # The site.
        'docs': ['mkdocs-material>=9.7,<10', 'mkdocstrings[python]>=1,<2'],
        'openvino': ['openvino'],
        # Networks are handed to ONNX Runtime as ONNX.
        'onnxruntime': ['onnx', 'onnxruntime'],
        'train': ['lightning>=2.6', 'rosbags', 'tensorboard'],
        # colcon looks for pytest here to choose it as the test runner; tests_require is ignored by new setuptools.
        'test': [
            'catkin_pkg',
            'colcon-package-information',
            'colcon-ros',
            'colcon-test-result',
            'hypothesis',
            'onnx',
            'onnxruntime',
            'openvino',
            'mypy>=2.4,<2.5',
            'pytest',
            'pytest-xdist',
            'ruff>=0.17,<0.18',
            'scikit-image',
            'types-PyYAML',
        ],
    },
    entry_points={
        'console_scripts': [
            f'depth_node = {NAME}.ros.executables:depth_node',
            f'training_node = {NAME}.ros.executables:training_node',
            f'camera_replay = {NAME}.ros.demo.executables:camera_replay',
            f'optidepthnet = {NAME}.cli:main',
        ]
    },
    zip_safe=False,
)
