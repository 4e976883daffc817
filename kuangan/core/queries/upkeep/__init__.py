"""What is asked of running the platform itself."""
