"""One file for each way to load data: imported by the engine, copied as text into exported scripts."""
