"""What the algorithms find, beside what was published: one script per claim, found by its file's name.

A script holds `figures(data)`: it takes the folder of the public data sets and yields a Figure for each line. Names
of scripts begin with the line they answer for (`t2_1_…`); `python -m benchmarks.ml t2_1 t12` runs those alone.
"""
