# SPDX-License-Identifier: Apache-2.0
"""What every node needs: a process that ends cleanly, life cycle, diagnostics, warnings of unknown parameters."""
