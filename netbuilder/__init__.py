"""Netbuilder: draw a neural network, train it, and take its PyTorch code away."""

__version__ = "0.1.0"
