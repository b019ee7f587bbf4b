"""What runs many tasks: here, in processes, on a cluster.

Nothing that knows what a task is about.
"""
