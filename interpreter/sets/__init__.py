"""The set engine: the same meaning as the reference evaluator, worked out by a database over all rows at once."""
