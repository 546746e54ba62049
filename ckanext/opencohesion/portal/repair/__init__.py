"""The officer's page on which a held-back file is mended: what each repair would change, before it is applied."""
