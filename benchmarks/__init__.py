"""Measures what the README claims, on the demo's shop. One script per claim; ratios, since machines differ.

`make bench`, or `python -m benchmarks [claim …] [--repeat 3]`.
"""
