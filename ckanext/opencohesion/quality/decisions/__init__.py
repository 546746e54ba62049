"""What persons decide on what was checked: review, override, approval."""
