"""Updates of law and calendar between versions: a signed bundle of content files, laid over those of the version."""
