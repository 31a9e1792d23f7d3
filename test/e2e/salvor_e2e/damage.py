"""What may become of a stored file."""

import contextlib


def flip(good):
    middle = len(good) // 2
    return good[:middle] + bytes([good[middle] ^ 1]) + good[middle + 1:]


DAMAGE = {"flipped": flip, "cut": lambda good: good[:len(good) // 3], "gone": lambda good: None}


@contextlib.contextmanager
def changed(file, change):
    """A file with other bytes, or without any (None), while the block runs."""
    good = file.read_bytes()
    bad = change(good)
    file.unlink()
    if bad is not None:
        file.write_bytes(bad)
    try:
        yield
    finally:
        file.write_bytes(good)
