"""Conclusions that we compute or decide about customers, in the order of the flow.

ingest (customers) → profiles → tags → segments → audiences → activation → measurement

`rules` is the language that all stages share, `lake` the columnar copy of the facts, `engines` answer
rules over the lake, `sets` keep the answers, `runs` record what was computed, when and from what.
"""
