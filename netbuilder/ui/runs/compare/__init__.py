"""Runs side by side: their curves, their settings, their drawings."""
