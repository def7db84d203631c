"""The panel over all runs, and what can be done with them."""
