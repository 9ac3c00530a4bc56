# SPDX-License-Identifier: Apache-2.0
"""Fine-tuning on a robot's own recordings: recording, supervised training, and judging and storing the result."""
