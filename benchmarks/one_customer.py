"""One customer over the API: the tags with their scores, and what to offer. p95 of whole requests, in a filled demo.

    python -m benchmarks.one_customer [requests]

Uses the installation that SEGTAG_VAR names, after `make demo`; what is measured is in `one_customer_requests.py`.
"""

import os
import sys
from importlib import import_module

import django

REQUESTS = 500


def main() -> None:
    os.environ |= {"DJANGO_SETTINGS_MODULE": "segtag_site.settings", "SEGTAG_HTTPS": "0", "SEGTAG_API_RATE": "1000000"}
    django.setup()
    # Needs Django set up.
    requests = import_module("benchmarks.one_customer_requests")
    for claim in requests.measured(int(sys.argv[1]) if len(sys.argv) > 1 else REQUESTS):
        print(f"{claim.name}: {claim.measured:,.2f} {claim.unit}, {claim.promise} {claim.limit:g}: {claim.ratio:.2f}")


if __name__ == "__main__":
    main()
