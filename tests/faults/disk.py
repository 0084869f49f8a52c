"""Disks whose power can be cut.

A disk is an image file with ext4 on it, mounted through a loop device with direct I/O: the image
holds what ext4 sent to its disk, and nothing that is only in memory. The images lie on an XFS, which
can clone a file at one moment. Such a clone, taken while a program writes, is the disk after a power
cut at that moment; mounting it replays ext4's journal, as after one.

ext4 is mounted with `commit=600`: what no program synced stays in memory for minutes, and is lost.

What this does not simulate: a disk that has a cache of its own and loses or reorders what it said it
wrote, when it was not told to flush; sectors half written; a disk that lies about a flush.
"""
import contextlib
import fcntl
import pathlib
import subprocess

FICLONE = 0x40049409


class CannotRun(Exception):
    """Disks cannot be made here."""


def run(*command):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True)
    if done.returncode:
        raise CannotRun(f"{' '.join(map(str, command))}: {done.stderr.strip()}")
    return done.stdout.strip()


class Mounted:
    """An image that is mounted."""

    def __init__(self, image, folder, options):
        self.folder = folder
        folder.mkdir(exist_ok=True)
        self.device = run("losetup", "--direct-io=on", "--find", "--show", image)
        try:
            run("mount", "-o", options, self.device, folder)
        except CannotRun:
            run("losetup", "--detach", self.device)
            raise

    def leave(self):
        run("umount", self.folder)
        run("losetup", "--detach", self.device)


class Rack:
    """Where the disks are: an XFS in an image of its own."""

    def __init__(self, work, room):
        self.work, self.mounted, self.made = work, [], 0
        self.outer = work / "rack.img"
        with open(self.outer, "wb") as image:
            image.truncate(room)
        run("mkfs.xfs", "-q", "-f", self.outer)
        self.rack = Mounted(self.outer, work / "rack", "noatime")

    def format(self, name, size):
        """A new disk with an empty ext4."""
        image = self.rack.folder / f"{name}.img"
        with open(image, "wb") as file:
            file.truncate(size)
        run("mkfs.ext4", "-q", "-F", "-b", "4096", "-E", "lazy_itable_init=0,lazy_journal_init=0", image)
        return self.mount(image)

    def mount(self, image):
        disk = Disk(self, image)
        self.mounted.append(disk)
        return disk

    def another(self, image):
        """A clone of an image; nothing else is needed for a power cut."""
        self.made += 1
        clone = self.rack.folder / f"disk-{self.made}.img"
        with open(image, "rb") as source, open(clone, "wb") as target:
            fcntl.ioctl(target, FICLONE, source.fileno())
        return clone

    def close(self):
        for disk in list(self.mounted):
            with contextlib.suppress(CannotRun):
                disk.unmount()
        self.rack.leave()
        self.outer.unlink()


class Disk:
    """A disk that is switched on."""

    def __init__(self, rack, image):
        self.rack, self.image = rack, image
        self.at = Mounted(image, rack.work / "mounted", "noatime,commit=600")
        self.folder = pathlib.Path(self.at.folder)

    def unmount(self):
        self.rack.mounted.remove(self)
        self.at.leave()

    def cut(self):
        """The image as it is at this moment."""
        return self.rack.another(self.image)

    def discard(self):
        self.unmount()
        self.image.unlink()
