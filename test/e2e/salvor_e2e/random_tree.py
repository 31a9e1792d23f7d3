"""Folders of everything that a file system can hold, from a seed; and the comparison of two."""

import hashlib
import os
import random
import stat

ODD_NAMES = [b" ", b"-rf", b"a\"b\\", b"tab\there", b"line\nbreak", b"\xff\xfe", b"\x7f\x01", "é😀".encode(),
             "\u00a0\u200b".encode(), b"'quote'", b"$HOME", b"#", b"..a", b"a" * 255, b"<>&"]

IS_ROOT = os.geteuid() == 0
LARGE = 5 << 30
BLOCK = 1 << 20


class RandomTree:
    """`all_kinds` adds what the restic of Debian 12 does not bring back: sockets, and targets of links that are not
    UTF-8. Who is not root gets neither devices nor other owners."""

    def __init__(self, root, seed, all_kinds=True):
        self.random = random.Random(seed)
        self.all_kinds = all_kinds
        self.root = os.fsencode(root)
        os.makedirs(self.root, exist_ok=True)
        self.files = []
        self.fill(self.root, 0)

    def fill(self, folder, depth):
        for number in range(self.random.randint(1, 6)):
            self.entry(os.path.join(folder, self.name(number)), depth)
        self.give_metadata(folder)

    def name(self, number):
        odd = self.random.random() < 0.3
        return (self.random.choice(ODD_NAMES)[:240] if odd else b"entry") + b"%d" % number

    def entry(self, path, depth):
        kind = self.random.choice(["file"] * 6 + ["folder"] * 3 + ["link", "hard", "fifo", "device", "socket"])
        if kind == "folder" and depth < 5:
            os.mkdir(path)
            return self.fill(path, depth + 1)
        if kind == "link":
            os.symlink(self.target(), path)
            return os.lchown(path, self.owner(), self.owner())
        if kind == "hard" and self.files:
            return os.link(self.random.choice(self.files), path)
        if kind == "fifo":
            os.mkfifo(path)
        elif kind == "device" and IS_ROOT:
            node = self.random.choice([stat.S_IFCHR, stat.S_IFBLK])
            os.mknod(path, node | 0o600, os.makedev(self.random.randint(1, 200), self.random.randint(0, 200)))
        elif kind == "socket" and self.all_kinds:
            os.mknod(path, stat.S_IFSOCK | 0o600)
        else:
            self.write(path)
            self.files.append(path)
        self.give_metadata(path)

    def target(self):
        raw = [b"\xff\xfe/x", b"a\nb"] if self.all_kinds else []
        return self.random.choice([b"/nowhere", b"../..", b"entry0", "é".encode(), b"a" * 1000] + raw)

    def owner(self):
        return self.random.choice([0, 0, 1000, 65534, 2**31 + 5]) if IS_ROOT else -1

    def write(self, path):
        kind = self.random.choice(["empty", "text", "text", "noise", "large", "zeros", "sparse", "same"])
        with open(path, "wb") as file:
            if kind == "text":
                file.write(b"some words " * self.random.randint(1, 3000))
            elif kind == "noise":
                file.write(self.random.randbytes(self.random.randint(1, 200_000)))
            elif kind == "large":
                file.write(self.random.randbytes(self.random.randint(400_000, 4_000_000)))
            elif kind == "zeros":
                file.write(bytes(self.random.randint(1, 2_000_000)))
            elif kind == "sparse":
                for _ in range(self.random.randint(0, 3)):
                    file.seek(self.random.randint(0, 3_000_000), os.SEEK_CUR)
                    file.write(self.random.randbytes(self.random.randint(1, 50_000)))
                file.truncate(file.tell() + self.random.randint(0, 5_000_000))
            elif kind == "same":
                file.write(random.Random(1).randbytes(700_000))

    def add_large(self, is_dense):
        """One more file in the root, of 5 GiB: noise that comes again, or holes with islands, one at the end."""
        path = os.path.join(self.root, b"large")
        with open(path, "wb") as file:
            if is_dense:
                noise = self.random.randbytes(40 * BLOCK + 12_345)
                while file.tell() < LARGE:
                    file.write(noise)
            else:
                for _ in range(20):
                    file.seek(self.random.randint(0, LARGE))
                    file.write(self.random.randbytes(self.random.randint(1, 3_000_000)))
                file.seek(LARGE - 1)
                file.write(b"e")
        self.give_metadata(path)
        self.give_metadata(self.root)

    def give_metadata(self, path):
        os.lchown(path, self.owner(), self.owner())
        mode = self.random.choice([0o644, 0o755, 0o600, 0o000, 0o4755, 0o2711, 0o1777, 0o7777])
        os.chmod(path, mode if IS_ROOT else mode | 0o700)
        facts = os.lstat(path)
        if stat.S_ISREG(facts.st_mode) or stat.S_ISDIR(facts.st_mode):
            for number in range(self.random.choice([0, 0, 1, 3])):
                os.setxattr(path, b"user.%d" % number, self.random.randbytes(self.random.randint(0, 300)))
        seconds = self.random.choice([0, 1, -86_400 * 365, 1_602_277_544, 4_000_000_000])
        os.utime(path, ns=(0, seconds * 10**9 + self.random.randint(0, 999_999_999)))


def digest(path):
    """The same for the same bytes, be zeros written or holes; holes are not read."""
    found = hashlib.sha256()
    with open(path, "rb", buffering=0) as file:
        size, place = os.fstat(file.fileno()).st_size, 0
        while place < size:
            try:
                place = os.lseek(file.fileno(), place, os.SEEK_DATA) // BLOCK * BLOCK
            except OSError:  # a hole is all that is left
                break
            block = os.pread(file.fileno(), BLOCK, place)
            if block.count(0) != len(block):
                found.update(b"%d:" % place + block)
            place += BLOCK
    return size, found.hexdigest()


def entries(root, with_root):
    """What can be compared of each entry, by its path."""
    found, inodes = {}, {}
    root = os.fsencode(root)
    for folder, folders, files in os.walk(root):
        for name in folders + files + ([b"."] if with_root and folder == root else []):
            path = os.path.join(folder, name)
            facts = os.lstat(path)
            entry = {"mode": oct(facts.st_mode), "uid": facts.st_uid, "gid": facts.st_gid, "mtime": facts.st_mtime_ns}
            if stat.S_ISLNK(facts.st_mode):
                entry["target"] = os.readlink(path)
            elif stat.S_ISREG(facts.st_mode):
                entry["bytes"] = digest(path)
            elif stat.S_ISBLK(facts.st_mode) or stat.S_ISCHR(facts.st_mode):
                entry["device"] = facts.st_rdev
            if stat.S_ISREG(facts.st_mode) or stat.S_ISDIR(facts.st_mode):
                entry["attributes"] = {name: os.getxattr(path, name) for name in os.listxattr(path)}
            below = os.path.relpath(path, root)
            if not stat.S_ISDIR(facts.st_mode):
                entry["linked to"] = inodes.setdefault((facts.st_dev, facts.st_ino), [])
                entry["linked to"].append(below)
            found[below] = entry
    for entry in found.values():
        if "linked to" in entry:
            entry["linked to"] = sorted(entry["linked to"])
    return found


def differences(one, other, with_root=False):
    """One line each; [] when both folders hold the same, and with their roots are the same."""
    left, right = entries(one, with_root), entries(other, with_root)
    lines = [f"{path!r} is only in one" for path in left.keys() ^ right.keys()]
    for path in left.keys() & right.keys():
        lines += [f"{path!r}: {name} differs" for name in left[path] if left[path][name] != right[path].get(name)]
    return lines
