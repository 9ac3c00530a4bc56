# SPDX-License-Identifier: Apache-2.0
"""Fine-tuning on a robot's own recordings: what is recorded, the training watched over, its result judged and kept."""
