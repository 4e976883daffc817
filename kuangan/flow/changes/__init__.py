"""Register changes: dated, documented acts about units, posts, people, mines, faces and points, decided by people and done on their day."""
