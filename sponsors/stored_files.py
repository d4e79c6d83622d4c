"""Files that are there whole or not at all, whatever ends the process that writes them."""

import os
import secrets

from django.core.files.base import ContentFile, File
from django.core.files.storage import FileSystemStorage, default_storage


class WholeFileStorage(FileSystemStorage):
    """Writes beside the name and gives the file its name when every byte is on the disk. Never overwrites."""

    def _save(self, name: str, content: File) -> str:
        beside = f"{name}.{secrets.token_hex(8)}.part"
        part = super()._save(beside, content)  # type: ignore[misc]  # the stubs leave it out
        _to_disk(self.path(part))
        try:
            while True:
                try:
                    os.link(
                        self.path(part), self.path(name)
                    )  # fails, unlike a rename, where there is one already
                    break
                except FileExistsError:
                    name = self.get_available_name(name)
        finally:
            os.remove(self.path(part))
        _to_disk(os.path.dirname(self.path(name)))
        return name


def keep_file(name: str, data: bytes) -> str:
    """Keep `data` under a name that holds its hash: an attempt that is repeated finds the file there. Returns the name
    in the storage."""
    return name if default_storage.exists(name) else default_storage.save(name, ContentFile(data))


def _to_disk(path: str) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
