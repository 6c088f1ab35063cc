"""Settings of the tests: the real ones, in a folder of their own."""

import os
import tempfile

os.environ.setdefault("SEGTAG_DEMO", "1")
os.environ["SEGTAG_VAR"] = tempfile.mkdtemp(prefix="segtag-test-")

from segtag_site.settings import *  # noqa: E402, F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
