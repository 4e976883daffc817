"""Entries of every ledger (台账) of the corpus."""
