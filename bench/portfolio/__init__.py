"""The portfolio that `bench.scale` settles: its contracts, its data, and the same sums written by hand."""
