"""portal/security: what protects the portal as a web site: headers, login, security.txt, audit log, guard of parameters."""
