"""A million customers with all features in a lake of their own, clustered by the product's job. Run by t13_million.

`python -m benchmarks.ml.million FOLDER WHAT`: `make` builds it; the key of an algorithm computes its tag; `alone` is
scikit-learn's k-means on the same encoded rows. Prints one JSON object.
"""

import json
import os
import resource
import sys
from importlib import import_module

import django

MB = 1000


def main(folder: str, what: str) -> None:
    os.environ |= {
        "SEGTAG_VAR": folder,
        "SEGTAG_DEMO": "1",
        "SEGTAG_LOG_LEVEL": "WARNING",
        "DATABASE_URL": f"sqlite:///{folder}/segtag.sqlite3",
        "DJANGO_SETTINGS_MODULE": "segtag_site.settings",
    }
    django.setup()
    # Needs Django set up on that folder.
    shop = import_module("benchmarks.ml.million_shop")
    answer = {"make": shop.make, "alone": shop.alone}.get(what, lambda: shop.computed(what))()
    print(json.dumps({**answer, "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MB}))


if __name__ == "__main__":
    main(*sys.argv[1:])
