"""Measures what the README claims, on the demo's shop and on a made-up lake. One script per claim; ratios.

`make bench`, or `python -m benchmarks [--repeat 3] [--events 50000000 --lake FOLDER] [--only rules]`.
"""
