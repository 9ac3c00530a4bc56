"""The training node and its parts."""
