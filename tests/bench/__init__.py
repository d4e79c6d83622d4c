"""Benchmarks: `python -m tests.bench.NAME`, or all of them with `python -m tests.bench`."""
