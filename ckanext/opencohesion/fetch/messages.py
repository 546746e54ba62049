"""The sentences of the fetch room, by the code of the error."""

from __future__ import annotations

from ..i18n_marks import N_

MESSAGES: dict[str, str] = {
    "bad_url": N_(
        "{url} is not a complete web address. Give one that starts with https:// and names a host."
    ),
    "scheme_not_allowed": N_(
        "Addresses that start with {scheme}: are not fetched. Give an https:// or http:// address."
    ),
    "userinfo_not_allowed": N_(
        "The address holds a user name or password before the @. "
        "Published data must be open to everybody: give the address without it."
    ),
    "address_not_allowed": N_(
        "{host} lies in a network that is not public, so this portal does not fetch from it. "
        "Give an address that everybody can reach, or upload the file."
    ),
    "too_many_redirects": N_(
        "{url} sends on from one address to the next more than {limit} times. "
        "Open it in a browser and give the address of the file itself."
    ),
    "bad_redirect": N_("{url} sends on without saying where to. Report it to whoever runs that site."),
    "host_not_found": N_("There is no host named {host}. Check the spelling of the address."),
    "connection_failed": N_("{host} does not accept the connection. Try again later, or check the address."),
    "tls_failed": N_(
        "No trustworthy connection to {host} could be made: its certificate could not be verified. "
        "Report it to whoever runs that site, or upload the file."
    ),
    "timed_out": N_("{host} did not answer in time. Try again later, or upload the file."),
    "too_slow": N_(
        "The file from {host} was not complete after {seconds} seconds. Try again later, or upload the file."
    ),
    "too_large": N_(
        "The file is larger than {limit_mb} MB, the most this portal takes. "
        "Split it, or publish it compressed."
    ),
    "too_large_unpacked": N_(
        "What {host} sent unpacks to more than {limit_mb} MB, the most this portal takes. "
        "Split the file, or upload it."
    ),
    "bad_compression": N_(
        "{host} sent the file compressed in a way that can not be unpacked. "
        "Report it to whoever runs that site."
    ),
    "cut_short": N_(
        "{host} ended the connection before the file was complete. Try again later, or upload the file."
    ),
    "bad_answer": N_("{host} did not answer as a web server does. Check the address, or upload the file."),
    "not_found": N_("There is no file at {url} (the site answers {status}). Give its present address."),
    "not_public": N_(
        "{url} is not open to everybody (the site answers {status}). "
        "Give an address that needs no login, or upload the file."
    ),
    "busy": N_("{host} asks us to come back later (the site answers {status}). Try again in some hours."),
    "bad_status": N_(
        "{url} gave no file (the site answers {status}). Try again later, or check the address."
    ),
}
