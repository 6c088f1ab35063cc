"""The rule language: one JSON tree, one meaning. Standard library only, but for RE2 (see patterns.py).

A document is read by `parse` into nodes (`nodes`), written back by `canonical`, said in words by `describe` and
meant by `evaluate`, the plain and slow definition that every engine must agree with. What can be asked is in three
drop-in folders: `predicates` (what a condition is about), `measures` (what is counted of behaviour) and
`operators` (how a value is judged).
"""
