"""What fills a first portal: sample files in the publishers' exact formats, and the loader that brings them in.

For demonstrations and tests only: it talks to the portal through the public API, as any client does.
Not for: anything the portal itself needs to run; the wheel does not carry it.
"""
