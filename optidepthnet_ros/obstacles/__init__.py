# SPDX-License-Identifier: Apache-2.0
"""From depth images to obstacles around a robot, in numpy; nothing here handles files, networks or messages."""
