"""Layers that do the same in a quicker way. A program that uses one holds its text."""
