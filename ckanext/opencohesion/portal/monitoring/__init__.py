"""portal/monitoring: whether the portal is alive, ready and well, for those who run it: /healthz, /readyz, /metrics."""
