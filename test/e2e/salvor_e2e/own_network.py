"""A network that only this process, its children and the clusters that they bring up are in."""

import ctypes
import os
import subprocess

CLONE_NEWNET = 0x40000000
LIBC = ctypes.CDLL(None, use_errno=True)


def call(function, *arguments):
    if function(*arguments) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{function.__name__}: {os.strerror(number)}")


class OwnNetwork:
    """What test/cluster/in_network makes for a command, for the `with` block: pods reach what
    listens on `address`, and nothing leaves the machine. For the calling thread and those that it
    starts inside. Needs root."""

    address = "192.0.2.10"

    def __enter__(self):
        self.former = os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC)
        call(LIBC.unshare, CLONE_NEWNET)
        subprocess.run(["ip", "link", "set", "lo", "up"], check=True, timeout=10)
        subprocess.run(["ip", "address", "add", f"{self.address}/32", "dev", "lo"], check=True, timeout=10)
        return self

    def __exit__(self, *_):
        call(LIBC.setns, self.former, CLONE_NEWNET)
        os.close(self.former)
