"""What brings data to the set engines: connections to databases, and data as relations of integers.

One module for each engine; nothing here is imported before it is needed, for a database costs time to start.
"""
