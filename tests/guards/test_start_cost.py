"""What every management command pays before it begins: neither pandas nor numba, which take seconds to load."""

from tests.bench._imports import UNWANTED, packages_of_check


def test_check_imports_neither_pandas_nor_numba() -> None:
    loaded = packages_of_check()

    assert {"django", "menus", "numpy"} <= loaded  # the list is that of a real start
    assert sorted(UNWANTED & loaded) == []
