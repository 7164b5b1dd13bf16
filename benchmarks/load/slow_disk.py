"""A disk that takes its time: each sync of a process waits so many milliseconds before it is done.

A virtual machine's sync often takes a tenth of a millisecond, since something else answers for the disk; of a disk of
its own it is 1 to 10. What many saves share then counts more than what one costs in the processor. Made with the C
compiler of the machine, and preloaded. Read `slow_disk`.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

SOURCE = """
#define _GNU_SOURCE
#include <dlfcn.h>
#include <time.h>
static int late(const char *name, int file) {
    struct timespec wait = {0, %d};
    nanosleep(&wait, 0);
    return ((int (*)(int))dlsym(RTLD_NEXT, name))(file);
}
int fsync(int file) { return late("fsync", file); }
int fdatasync(int file) { return late("fdatasync", file); }
"""


def slow_disk(folder: Path, milliseconds: int) -> Mapping[str, str] | None:
    """The environment of a process whose syncs take so long; None where there is no C compiler."""
    compiler = shutil.which("cc")
    if compiler is None:
        return None
    made, source = folder / "slow_disk.so", SOURCE % (milliseconds * 1_000_000)
    command = [compiler, "-shared", "-fPIC", "-O1", "-x", "c", "-", "-o", str(made), "-ldl"]
    subprocess.run(command, input=source, text=True, check=True)
    return {"LD_PRELOAD": str(made)}
