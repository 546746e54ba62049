"""portal/audit: who did what, when: written in the same transaction as the act, only ever added to, sealed day by day."""
