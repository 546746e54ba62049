"""When the next release of each dataset is due, who is reminded, and the release itself.

Plain: `due` (dates), `proposal` (what a new release is filled with), `calendar` (iCalendar). CKAN: the other modules.
"""
