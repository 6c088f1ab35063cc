"""The ready taxonomy of an e-commerce shop: one file per top category, in the order of the tree."""
