"""What a change of a contract means and what it costs: the changes of meaning, and both contracts on the same data."""
