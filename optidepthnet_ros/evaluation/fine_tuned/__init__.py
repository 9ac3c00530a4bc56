# SPDX-License-Identifier: Apache-2.0
"""Whether a fine-tuned network is better than its base, on frames that were held out."""
