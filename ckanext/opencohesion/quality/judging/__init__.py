"""Judging one file: a file in, its report out. Plain modules, used by the gate, the pre-check and the command line alike."""
