"""Torch: shapes, building, data, training. Never Qt."""
