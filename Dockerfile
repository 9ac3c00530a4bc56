# SPDX-License-Identifier: Apache-2.0
# depth_node for robots: ROS 2 Jazzy, PyTorch and OpenVINO for the CPU, and the shipped weights.
# Not yet built: the project's own machines cannot pull images. Checked with hadolint only.
#
#   docker build -t optidepthnet_ros .
#   docker run --rm --net=host --ipc=host optidepthnet_ros \
#       ros2 launch optidepthnet_ros depth.launch.py image:=/camera/image_rect camera_info:=/camera/camera_info
#
# --net=host and --ipc=host let DDS discover nodes outside the container and pass images through shared memory. On
# x86-64, pip's default torch includes CUDA, several gigabytes. To avoid this, add
# --build-arg PIP_EXTRA_INDEX_URL=... with the package index for CPUs given on PyTorch's installation page.
FROM ros:jazzy-ros-base

SHELL ["/bin/bash", "-o", "pipefail", "-c"]
ENV PIP_BREAK_SYSTEM_PACKAGES=1 PIP_NO_CACHE_DIR=1
WORKDIR /workspace

COPY package.xml src/optidepthnet_ros/package.xml
# Dependencies come before the sources, so that a change of the sources does not install them again.
# ROS's mirrors keep only the newest version of a package, so versions cannot be pinned.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends python3-pip \
    && rosdep update --rosdistro jazzy \
    && rosdep install --from-paths src --ignore-src -y --dependency-types=exec --skip-keys=python3-pytorch-pip \
    && rm -rf /var/lib/apt/lists/*
ARG PIP_EXTRA_INDEX_URL=
RUN pip install torch==2.13.0 safetensors==0.8.0 openvino==2026.4.1

COPY . src/optidepthnet_ros
RUN . /opt/ros/jazzy/setup.bash && colcon build --packages-select optidepthnet_ros

ENTRYPOINT ["/bin/bash", "-c", "source /opt/ros/jazzy/setup.bash && source /workspace/install/setup.bash && exec \"$@\"", "--"]
CMD ["ros2", "launch", "optidepthnet_ros", "depth.launch.py"]
