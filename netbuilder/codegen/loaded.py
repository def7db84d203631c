"""What the files in `engine/loaders` define and import, which a program may hold; a test compares."""

from __future__ import annotations

LOADED = frozenset(
    """Column GLYPHS LONGEST_LINE MISSING MOST_WORDS Path Table array csv describe_csv_table describe_parquet_table
    describe_table draw_digits encode_table finish_table gzip itertools keep_first load_circles load_copy_task
    load_csv_table load_digits load_idx load_moons load_parquet_table load_random_tensors load_sines
    load_sklearn_table load_spirals math plain_cell plan_table read_csv read_idx read_parquet split_samples
    standardise text_lines zlib""".split()
)
