"""The only way between the window and the engine: typed messages, child processes, run folders."""
