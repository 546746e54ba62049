"""What the tests of every room share, behind the fixtures of tests/conftest.py. Not for: assertions."""
