"""The register on pages: units with their posts and people, and the changes of everything that is kept."""
