"""Settings of the tests: the real ones, in a folder of their own."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

# Several testers share the cores: threads of one model each would only wait for each other.
os.environ.setdefault("OMP_NUM_THREADS", "1")
_var = tempfile.mkdtemp(prefix="segtag-test-")
atexit.register(shutil.rmtree, _var, ignore_errors=True)
os.environ["SEGTAG_VAR"] = _var
os.environ["REDIS_URL"] = f"unix://{_var}/valkey.sock"
os.environ.setdefault("SEGTAG_DEMO", "1")

from segtag_site.settings import *  # noqa: E402, F403
from segtag_site.settings import DATABASES, VAR_DIR  # noqa: E402

if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # A file, so that other processes can be tried on it.
    DATABASES["default"]["TEST"] = {"NAME": Path(VAR_DIR) / "test.sqlite3"}

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
