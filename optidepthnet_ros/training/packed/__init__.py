# SPDX-License-Identifier: Apache-2.0
"""Training samples, decoded, matched and resized once; they fit in memory, and the device cuts views of them."""
