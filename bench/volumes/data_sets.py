"""What is saved and restored: a mixed tree, one large file, or very many tiny ones."""

import os
import pathlib
import random
import shutil

SMALL_FILES = 20_000
LARGE_SHARE = 0.2
FILES_A_FOLDER = 1000


def make_mixed(folder, options):
    """Files of /usr until there is enough, one large file, many small ones."""
    make_large(folder, options, LARGE_SHARE)
    make_small(folder)
    left = options.megabytes * (1 - LARGE_SHARE) * 1e6
    for root, folders, names in os.walk("/usr"):
        folders.sort()
        for name in sorted(names):
            path = pathlib.Path(root) / name
            if path.is_symlink() or not path.is_file():
                continue
            left -= path.stat().st_size
            if left < 0:
                return
            target = folder / path.relative_to("/")
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, target)


def make_large(folder, options, share=1):
    """One file of random bytes."""
    seed = random.Random(1)
    with open(folder / "large", "wb") as large:
        for _ in range(int(options.megabytes * share)):
            large.write(seed.randbytes(1 << 20))


def make_small(folder):
    seed = random.Random(2)
    words = [seed.randbytes(5).hex() for _ in range(2000)]
    for number in range(SMALL_FILES):
        path = folder / "small" / str(number % 100) / f"{number}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(" ".join(seed.choices(words, k=seed.randint(20, 900))))


def make_tiny(folder, options):
    """No two are the same, so that each is a blob of its own."""
    for number in range(options.files):
        below = folder / str(number // FILES_A_FOLDER)
        if number % FILES_A_FOLDER == 0:
            below.mkdir()
        with open(below / str(number), "w") as file:
            file.write(f"the text of file {number}\n" * (1 + number % 8))


MAKERS = {"mixed": make_mixed, "large": make_large, "tiny": make_tiny}


def size_of(folder):
    return sum(path.lstat().st_size for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
