"""The practice corner: broken files of our own that an officer mends and has checked, nothing of which is published."""
