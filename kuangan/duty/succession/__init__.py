"""Another body supervises a mine from now on: what is owed about the mine and not late yet is owed by it; what was let lie stays where it was."""
