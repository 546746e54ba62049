"""Questions and reports of mistakes from the public, and the office's answers.

Nothing of what a visitor writes is shown before an officer has read, redacted and answered it.
"""
