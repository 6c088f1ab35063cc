"""Facts: who the customers are, what happened, what they allow.

Nothing here is computed or decided; that is `segmentation`, which this package never imports.
"""
