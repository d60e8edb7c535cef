"""A desktop that is a job of Slurm: submitted, followed and reached by the login node.

The login node runs login.sh and the job job.sh; everything else runs on the laptop.
"""
