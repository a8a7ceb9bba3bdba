"""Every authority in one run: a plan, a pack for each in workers of Dask, and a site of them.

Nothing is imported here: a worker of Dask needs one small module only.
"""
