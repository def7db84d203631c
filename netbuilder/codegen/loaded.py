"""What the files in `engine/loaders` define and import, which a program may hold; a test compares."""

from __future__ import annotations

LOADED = frozenset(
    """CHUNK Column Counter GLYPHS LONGEST_LINE MISSING MOST_MEASURED MOST_PIXELS MOST_VALUES MOST_WORDS PICTURES
    Path Streamed Table TableRows array array_columns as_target chain csv csv_rows describe_columns
    describe_csv_table describe_idx_folder describe_image_folder describe_image_table describe_numpy_arrays
    describe_parquet_table describe_sklearn_table describe_table describe_tensor_file describe_text_file
    describe_wav_folder draw_digits encode_table encode_targets finish_rows gzip hub_tensor itertools keep_first
    list_classes list_pictures load_circles load_copy_task load_csv_table load_digits load_hugging_face_set load_idx
    load_idx_folder load_image_folder load_image_table load_moons load_numpy_arrays load_parquet_table
    load_pictures load_random_tensors load_sines load_sklearn_table load_spirals load_table load_tensor_file
    load_text_file load_torchvision_set load_wav_folder map_member math measure_rows mmap open_array os parquet_rows
    partial plain_cell plan_table re read_csv read_idx read_idx_part read_parts read_picture read_sound read_table
    same_classes sound_rate split_columns split_samples split_words standardise standardise_channels store_table
    table_chunks table_part table_samples tempfile tensor_columns text_lines to_memory tokenise wave
    zipfile zlib""".split()
)
