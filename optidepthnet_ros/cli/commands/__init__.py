# SPDX-License-Identifier: Apache-2.0
"""The sub-commands of `optidepthnet`, one a file: each adds its arguments and runs."""
