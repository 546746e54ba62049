"""portal/login: how people come in: slowed guessing, sessions that end, and the office's own identity provider (OIDC)."""
