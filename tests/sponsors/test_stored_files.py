"""A stored file is there whole or not at all, and is never overwritten."""

import threading

import pytest
from django.core.files.base import ContentFile

from sponsors.stored_files import WholeFileStorage


@pytest.fixture
def storage(tmp_path):
    return WholeFileStorage(location=tmp_path)


def files(folder):
    return {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


class Broken(ContentFile):
    """A source that ends in the middle, as a killed process does."""

    def chunks(self, chunk_size=None):
        yield b"half of"
        raise ConnectionAbortedError


def test_file_is_kept_under_its_name(storage, tmp_path):
    assert storage.save("documents/one.pdf", ContentFile(b"whole")) == "documents/one.pdf"
    assert files(tmp_path) == {"one.pdf": b"whole"}


def test_file_that_was_not_finished_has_no_name(storage, tmp_path):
    with pytest.raises(ConnectionAbortedError):
        storage.save("one.pdf", Broken(b""))

    assert not storage.exists("one.pdf")
    assert storage.save("one.pdf", ContentFile(b"whole")) == "one.pdf"
    assert (tmp_path / "one.pdf").read_bytes() == b"whole"


def test_no_file_is_overwritten_by_savers_at_once(storage, tmp_path):
    names, start = [], threading.Barrier(4)

    def save(number):
        start.wait()
        names.append(storage.save("one.pdf", ContentFile(b"%d" % number)))

    threads = [threading.Thread(target=save, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(names) == sorted(files(tmp_path))
    assert sorted(files(tmp_path).values()) == [b"0", b"1", b"2", b"3"]
