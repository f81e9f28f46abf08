"""A disk that gets full and has room again: a tmpfs, which only root may mount."""

import os
import subprocess
from pathlib import Path

from processes import wait_for


class SmallDisk:
    """Lies at `directory` from mount() to unmount()."""

    def __init__(self, directory, megabytes):
        self.directory, self.room = Path(directory), f"size={megabytes}m"

    def mount(self):
        """False for a user who may not."""
        self.directory.mkdir(parents=True, exist_ok=True)
        return os.geteuid() == 0 and self._mount(self.room)

    def unmount(self):
        subprocess.run(["umount", self.directory], check=True)

    def fill(self):
        """Takes away all room that is left. Refused while somebody takes a part of it, hence again."""
        wait_for(lambda: self._mount("remount", f"size={self._taken()}"), "the disk is full")

    def make_room(self, megabytes=None):
        """As much as there was, or `megabytes` in all."""
        assert self._mount("remount", f"size={megabytes}m" if megabytes else self.room)

    def _taken(self):
        disk = os.statvfs(self.directory)
        return (disk.f_blocks - disk.f_bfree) * disk.f_frsize

    def _mount(self, *options):
        command = ["mount", "-t", "tmpfs", "-o", ",".join(options), "tmpfs", self.directory]
        return subprocess.run(command, check=False, stderr=subprocess.DEVNULL).returncode == 0
