# SPDX-License-Identifier: Apache-2.0
"""The demonstration's own nodes: a camera and a recorder."""
