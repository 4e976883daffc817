"""What `_platform.call_function` runs: the parts of measurements that need Django, each in a child of its own."""
