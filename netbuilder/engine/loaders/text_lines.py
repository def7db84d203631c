"""Files of text, line by line."""

LONGEST_LINE = 2**20


def text_lines(file, most=None):
    """Yield the lines of a file, or about as many as make up `most` bytes."""
    number, size = 0, 0
    try:
        with open(file, "rb") as opened:
            while line := opened.readline(LONGEST_LINE):
                number, size = number + 1, size + len(line)
                if len(line) == LONGEST_LINE:
                    raise ValueError(f"{file}, line {number} is too long for a text.")
                yield line.decode("utf-8-sig" if number == 1 else "utf-8")
                if most is not None and size > most:
                    return
    except UnicodeDecodeError:
        raise ValueError(f"{file}, line {number} is not UTF-8 text.") from None
    except OSError as error:
        raise OSError(f"{file} cannot be read: {error.strerror}.") from None
