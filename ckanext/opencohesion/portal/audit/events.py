"""The acts that are written down, and how each is called."""

from __future__ import annotations

from ckanext.opencohesion.i18n_marks import N_

#: Code → what a person reads. The code stands in the table and in the CSV, for ever.
EVENTS: dict[str, str] = {
    "login": N_("Logged in"),
    "login_failed": N_("Wrong password"),
    "logout": N_("Logged out"),
    "password_reset_requested": N_("Asked for a new password"),
    "password_changed": N_("Password changed"),
    "email_changed": N_("E-mail address changed"),
    "user_created": N_("User created"),
    "user_deleted": N_("User deleted"),
    "user_restored": N_("User restored"),
    "sysadmin_granted": N_("Made sysadmin"),
    "sysadmin_revoked": N_("No longer sysadmin"),
    "role_given": N_("Role given"),
    "role_changed": N_("Role changed"),
    "role_taken": N_("Role taken away"),
    "token_created": N_("API token created"),
    "token_revoked": N_("API token revoked"),
    "organization_created": N_("Organization created"),
    "organization_changed": N_("Organization changed"),
    "organization_deleted": N_("Organization deleted"),
    "group_created": N_("Group created"),
    "group_changed": N_("Group changed"),
    "group_deleted": N_("Group deleted"),
    "dataset_created": N_("Dataset created"),
    "dataset_deleted": N_("Dataset deleted"),
    "dataset_purged": N_("Dataset purged"),
    "dataset_moved": N_("Dataset given to another organization"),
    "published": N_("Dataset made public"),
    "withdrawn": N_("Dataset no longer public"),
    "publication_scheduled": N_("Publication scheduled"),
    "release_published": N_("Version of a file published"),
    "release_taken_down": N_("Version of a file taken down"),
    "verdict_overridden": N_("Published against the verdict"),
    "decided": N_("Decision on what was checked"),
    "taken_down": N_("Rows or a file taken down"),
    "setting_changed": N_("Setting of the portal changed"),
}
