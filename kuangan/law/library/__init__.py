"""The texts of instruments, by article, paragraph and item."""
