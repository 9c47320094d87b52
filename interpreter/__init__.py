"""The meaning of contracts: resolve, type, lower, evaluate, explain. Pure: no files, no clock, no printing."""
