"""Other announcers and Utrop, under the same faults: ``python -m benchmarks.peers``."""
