"""Avtal: payment contracts as text that computes."""
