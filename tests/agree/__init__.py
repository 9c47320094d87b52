"""Generated contracts with their data, by which an engine is compared with the reference evaluator."""
