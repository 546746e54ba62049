# The commands of a portal and of its developers; `make help` tells them. The work is done in ops/.
# Settings come from the environment or the command line: make portal PORTAL_PORT=5100 PORTAL_DEMO=none

export PORTAL_URL PORTAL_STATE PORTAL_PORT PORTAL_BIND PORTAL_REGION PORTAL_DEMO PORTAL_VENV PORTAL_OPTIONS PORTAL_LOG_FORMAT PORTAL_LOG_DAYS PORTAL_BACKUPS PORTAL_BACKUP_KEEP PORTAL_RESTORE PORTAL_FORCE ROOM TESTS PYTEST

.PHONY: help portal stop status logs clean backup restore services test test-stop check translations lock reference docs screenshots frontend sbom

help:
	@grep -E '^## ' Makefile | cut -c4-

## make portal     a healthy portal with data on it; again: quick, changes nothing
portal:
	@ops/run.sh portal

## make stop       stops it; its data stays
stop:
	@ops/run.sh stop

## make status     what runs
status:
	@ops/run.sh status

## make logs       follows the logs of every part
logs:
	@ops/run.sh logs

## make clean      stops it and deletes its state folder, data included
clean:
	@ops/run.sh clean

## make backup     the whole portal, while it runs, into a folder beside its state folder (PORTAL_BACKUPS, PORTAL_BACKUP_KEEP)
backup:
	@ops/run.sh backup

## make restore    the portal of the newest backup, or of PORTAL_RESTORE=FOLDER; over a portal with data: PORTAL_FORCE=yes
restore:
	@ops/run.sh restore

## make test       the whole suite; ROOM=quality: one room's; TESTS=tests/x.py, PYTEST="-k word" for less
test:
	@ops/run.sh test

## make services   starts what the tests stand on and leaves it running, for quick test runs; make test-stop ends it
services:
	@ops/run.sh services

## make frontend   makes the style sheet, icons and libraries that pages use (portal and test do it too)
frontend:
	@ops/run.sh frontend

## make lock       writes the lock files anew from requirements/*.in (needs uv; --upgrade: ops/lock.sh --upgrade)
lock:
	@ops/lock.sh

## make sbom       what a portal is made of, as a CycloneDX document in the state folder
sbom:
	@ops/run.sh sbom

test-stop:
	@ops/run.sh test-stop

## make check      style, types, and that rooms depend only downwards
check:
	@ops/run.sh check

## make translations  collects the messages into the Italian catalogue and compiles it
translations:
	@ops/run.sh translations

## make reference  writes docs/reference.md from the code: settings, actions, commands, pages
reference:
	@ops/run.sh reference

## make docs       the guides as a site
docs:
	@ops/run.sh docs

## make screenshots  takes the guides' pictures of the running portal
screenshots:
	@ops/run.sh screenshots
