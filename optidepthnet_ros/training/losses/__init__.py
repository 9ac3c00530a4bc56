"""The terms of the training loss, one a file."""
