"""Encoders that start from weights published by others, learned on ImageNet."""
