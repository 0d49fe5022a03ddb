"""The benchmarks: timings against peers and against the floor, and the reports made of them."""
