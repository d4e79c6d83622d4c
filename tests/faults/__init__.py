"""Fault drills: `python -m tests.faults.NAME`, or all of them with `python -m tests.faults`."""
