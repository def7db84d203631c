"""One file for each way to load data, its text copied into every program.

The training child runs that program, so what is exported and what is run are one.
"""
