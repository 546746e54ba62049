"""portal/logs: what the processes write about their work: one JSON object a line, each with its request's id."""
