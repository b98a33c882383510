"""Runs the tasks of a job: in processes of this machine, or on a cluster of Ray."""
