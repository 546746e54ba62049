"""The look: the region's identity, the frame of every page, the home page, and the addresses of the front-end files.

For: what all pages share. Not for: what a single page shows of data (search, explore, the dataset's page).
"""
