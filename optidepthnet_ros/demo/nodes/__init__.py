"""The demonstration's own nodes: a camera and a recorder."""
