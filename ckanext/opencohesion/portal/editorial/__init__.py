"""Editorial pages: what the portal is, how data is proven, privacy, licences, accessibility …

The texts are Markdown in `texts/`, a file per page and language, with their version; each has one part that the office
itself writes in the browser. Not for: news, or pages that an office invents (a portal that wants a CMS has one).
"""
