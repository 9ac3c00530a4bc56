# SPDX-License-Identifier: Apache-2.0
"""The sub-commands of `optidepthnet`, one per file; each adds its arguments and runs."""
