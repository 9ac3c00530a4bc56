# SPDX-License-Identifier: Apache-2.0
"""Learning depth from stereo pairs without ground truth: data, view synthesis, losses and the training loop."""
