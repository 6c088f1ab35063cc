"""Settings. Each is read here, once, with a default and one line of help; a bad value stops the start."""

import tempfile
from ipaddress import ip_network
from pathlib import Path

from csp.constants import NONCE, NONE, SELF, UNSAFE_EVAL, UNSAFE_INLINE
from django.core.exceptions import ImproperlyConfigured
from django.templatetags.static import static
from django.utils.translation import gettext_lazy as _

from segtag_site.env import env, secret

BASE_DIR = Path(__file__).resolve().parent.parent

# --- What kind of installation this is -------------------------------------------------------------------------

# Demo: secrets are made and kept in SEGTAG_VAR, data is invented, only loopback is served.
DEMO = env.bool("SEGTAG_DEMO", default=False)
# Django's own error pages; never in production.
DEBUG = env.bool("SEGTAG_DEBUG", default=False)
# Everything that is not code: database, lake, uploads, exports, and in a demo the secrets.
VAR_DIR = Path(env.str("SEGTAG_VAR", default=str(BASE_DIR / "var")))

_kept = VAR_DIR / "secrets" if DEMO or DEBUG else None
SECRET_KEY = secret("SEGTAG_SECRET_KEY", kept_in=_kept)
# Master key of the encrypted identifiers and their blind index. Losing it loses the identifiers.
IDENTIFIER_KEY = secret("SEGTAG_IDENTIFIER_KEY", kept_in=_kept)
# Names the site answers to, comma-separated.
ALLOWED_HOSTS = env.list("SEGTAG_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
if DEMO and set(ALLOWED_HOSTS) - {"localhost", "127.0.0.1", "[::1]"}:
    raise ImproperlyConfigured(
        "SEGTAG_DEMO serves loopback only: unset SEGTAG_HOSTS, or SEGTAG_DEMO for a real installation."
    )
CSRF_TRUSTED_ORIGINS = env.list("SEGTAG_ORIGINS", default=[])

# --- Apps ------------------------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "unfold",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_htmx",
    "treebeard",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "drf_standardized_errors",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "segtag_site",
    "customers",
    "segmentation",
]

MIDDLEWARE = [
    "segtag_site.logs.request_ids",
    "django.middleware.security.SecurityMiddleware",
    "customers.tracking.door.tracking_door",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "segtag_site.admin_policy.admin_policy",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "segtag_site.session_limits.session_limits",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "segtag_site.second_factor.SecondFactorAsked",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "segtag_site.api_privacy.kept_by_no_cache",
    "segtag_site.api_once.once",
]

ROOT_URLCONF = "segtag_site.urls"
WSGI_APPLICATION = "segtag_site.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "segtag_site.navigation.navigation",
            ],
        },
    },
]

# --- Database --------------------------------------------------------------------------------------------------

# SQLite by default; postgres://user:password@host/name in production.
DATABASES = {"default": env.db("DATABASE_URL", default=f"sqlite:///{VAR_DIR / 'segtag.sqlite3'}")}
# "full" survives a power cut at half the write speed; "normal" survives any crash of the process (SQLite only).
DURABILITY = env.str("SEGTAG_DURABILITY", default="normal")
if DURABILITY not in {"normal", "full"}:
    raise ImproperlyConfigured("SEGTAG_DURABILITY is 'normal' or 'full'.")
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = {
        # WAL with deferred transactions fails more often than no WAL at all; IMMEDIATE takes turns.
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": (
            f"PRAGMA journal_mode=WAL; PRAGMA synchronous={DURABILITY}; PRAGMA wal_autocheckpoint=4000;"
            "PRAGMA journal_size_limit=67108864; PRAGMA mmap_size=134217728; PRAGMA cache_size=-65536;"
        ),
    }
else:
    DATABASES["default"]["OPTIONS"] = {
        "options": "-c idle_in_transaction_session_timeout=30000 -c lock_timeout=15000",
    }
# A new connection costs PostgreSQL a process, and SQLite's last one to go tidies the file up: threads keep theirs for a
# minute, looked at before each use.
DATABASES["default"] |= {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Lake ------------------------------------------------------------------------------------------------------

# Folder of the columnar copy.
LAKE_DIR = Path(env.str("SEGTAG_LAKE", default=str(VAR_DIR / "lake")))
# Which engine answers rules: duckdb, or memory (slow, the meaning itself).
ENGINE = env.str("SEGTAG_ENGINE", default="duckdb")
# What one DuckDB connection may use.
ENGINE_MEMORY = env.str("SEGTAG_ENGINE_MEMORY", default="1GB")
# Megabytes of the lake's columns that one process may keep in memory beside that.
ENGINE_COLUMNS = env.int("SEGTAG_ENGINE_COLUMNS", default=512)
ENGINE_THREADS = env.int("SEGTAG_ENGINE_THREADS", default=2)

# --- Jobs ------------------------------------------------------------------------------------------------------

# Redis or Valkey: broker and cache. The demo starts its own on a socket below SEGTAG_VAR.
REDIS_URL = env.str("REDIS_URL", default="redis://127.0.0.1:6379/0")
_broker = REDIS_URL.replace("unix://", "redis+socket://") if REDIS_URL.startswith("unix://") else REDIS_URL
CELERY_BROKER_URL = _broker
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 6 * 3600,
    # kombu's default sweep of unacknowledged messages takes about 100 s.
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
    "socket_timeout": 5,
    "socket_connect_timeout": 1,
    # A page must not wait for a broker that is down (6 s by default): the sweep rings again.
    "max_retries": 1,
    "interval_start": 0.1,
}
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_TASK_PUBLISH_RETRY = False
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_MAX_TASKS_PER_CHILD = 200
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 30
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = env.str("SEGTAG_TIME_ZONE", default="Asia/Shanghai")
CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}}

# --- Review ----------------------------------------------------------------------------------------------------

# Nobody may approve a version of a tag or segment that they wrote or submitted themselves.
FOUR_EYES = env.bool("SEGTAG_FOUR_EYES", default=False)
# A new or changed segment waits for a reviewer. Otherwise its author's rule is live at once; tags always wait.
REVIEW_SEGMENTS = env.bool("SEGTAG_REVIEW_SEGMENTS", default=False)
# An audience that reaches more customers than this waits for another person's approval; 0: none does.
APPROVAL_ABOVE = env.int("SEGTAG_APPROVAL_ABOVE", default=50_000)

# --- Privacy ---------------------------------------------------------------------------------------------------

# Nobody may decide on an erasure that they asked for themselves.
ERASURE_FOUR_EYES = env.bool("SEGTAG_ERASURE_FOUR_EYES", default=False)

# --- Sign-in ---------------------------------------------------------------------------------------------------

LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "dashboard"
LOGOUT_REDIRECT_URL = "login"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
# Minutes after which a session ends: since its last sign of life, and since it began.
SESSION_IDLE = env.int("SEGTAG_SESSION_IDLE", default=720 if DEMO else 30)
SESSION_LONGEST = env.int("SEGTAG_SESSION_LONGEST", default=720)
SESSION_COOKIE_AGE = SESSION_LONGEST * 60
# "required": who may reveal, export, erase or approve has to set up a second factor before anything else; "optional".
SECOND_FACTOR = env.str("SEGTAG_SECOND_FACTOR", default="optional" if DEMO or DEBUG else "required")
if SECOND_FACTOR not in {"required", "optional"}:
    raise ImproperlyConfigured("SEGTAG_SECOND_FACTOR is 'required' or 'optional'.")
# Minutes after a password or code within which one may reveal and export without giving it again; 0: never again.
SIGN_IN_AGAIN = env.int("SEGTAG_SIGN_IN_AGAIN", default=15)
ACCOUNT_ADAPTER = "segtag_site.second_factor.Accounts"
ACCOUNT_FORMS = {"reauthenticate": "segtag_site.second_factor.PasswordAgainForm"}
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_REAUTHENTICATION_TIMEOUT = (SIGN_IN_AGAIN or 15) * 60
# Our own brake on guessing holds for all processes; two of them would be one too many to unlock.
ACCOUNT_RATE_LIMITS = False
MFA_ADAPTER = "segtag_site.second_factor.Factors"
MFA_FORMS = {
    "authenticate": "segtag_site.second_factor.CodeForm",
    "reauthenticate": "segtag_site.second_factor.CodeAgainForm",
}
MFA_TOTP_ISSUER = "SegTag"
# The code before and after the present one are taken too: telephones' clocks are not exact.
MFA_TOTP_TOLERANCE = 1
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"

# --- Safe transport --------------------------------------------------------------------------------------------

# HTTPS everywhere but in demo, debug and tests; behind a proxy that sets X-Forwarded-Proto.
HTTPS = env.bool("SEGTAG_HTTPS", default=not (DEMO or DEBUG))
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 365 * 86400 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
if HTTPS:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
# A client that is redirected throws its events away and reports success.
SECURE_REDIRECT_EXEMPT = [r"^v1/", r"^beacon/v1/", r"^(livez|readyz)$"]
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        # ECharts and Tabler place things by style attributes; nothing can be fetched by one.
        "style-src-attr": [UNSAFE_INLINE],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    },
}
# unfold's Alpine evaluates expressions and writes inline styles: the admin gets this one instead.
ADMIN_CONTENT_SECURITY_POLICY = {
    "script-src": [SELF, UNSAFE_EVAL, NONCE],
    "style-src": [SELF, UNSAFE_INLINE],
}

# --- Language and time -----------------------------------------------------------------------------------------

LANGUAGE_CODE = env.str("SEGTAG_LANGUAGE", default="zh-hans")
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "segtag_site" / "locale"]
TIME_ZONE = env.str("SEGTAG_TIME_ZONE", default="Asia/Shanghai")
USE_I18N = USE_TZ = USE_THOUSAND_SEPARATOR = True
FORMAT_MODULE_PATH = ["segtag_site.formats"]
# Sign before amounts of money; the demo's shop sells in dollars.
CURRENCY = env.str("SEGTAG_CURRENCY", default="US$" if DEMO else "¥")

# --- Files -----------------------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEMO or DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage",
    },
}
WHITENOISE_USE_FINDERS = DEMO or DEBUG
MEDIA_ROOT = VAR_DIR / "uploads"
# Frozen audiences and other files made for people; never served as static files.
EXPORT_DIR = VAR_DIR / "exports"
# Days that files of exports are kept; 0: for ever.
KEEP_EXPORTS = env.int("SEGTAG_KEEP_EXPORTS", default=30)
# The shop's mail service for e-mail campaigns: smtp://user:password@host:587?tls=start, or smtps://…; empty: none.
SMTP = env.str("SEGTAG_SMTP", default="")
# Whom campaign e-mails come from.
MAIL_FROM = env.str("SEGTAG_MAIL_FROM", default="SegTag <noreply@localhost>")
# Largest file that may be uploaded, in bytes.
UPLOAD_LIMIT = env.int("SEGTAG_UPLOAD_LIMIT", default=512 * 1024 * 1024)
DATA_UPLOAD_MAX_MEMORY_SIZE = 16 * 1024 * 1024
FILE_UPLOAD_TEMP_DIR = env.str("SEGTAG_UPLOAD_TEMP", default=tempfile.gettempdir())

# --- Tracking --------------------------------------------------------------------------------------------------

# Bytes that one message of the tracking API may have; larger ones are set aside.
TRACKING_MESSAGE_LIMIT = env.int("SEGTAG_MESSAGE_LIMIT", default=32 * 1024)

# --- Webhooks --------------------------------------------------------------------------------------------------

# Private networks that webhooks may be sent to, comma-separated (10.0.0.0/8): there also over plain HTTP.
WEBHOOK_NETWORKS = env.list("SEGTAG_WEBHOOK_NETWORKS", default=[])
for _network in WEBHOOK_NETWORKS:
    try:
        ip_network(_network)
    except ValueError as error:
        raise ImproperlyConfigured(f"SEGTAG_WEBHOOK_NETWORKS: {error}") from None

# --- API -------------------------------------------------------------------------------------------------------

# Requests a person may make in a minute: of any kind, and of those that answer a rule.
API_RATES = {
    "default": env.int("SEGTAG_API_RATE", default=600),
    "preview": env.int("SEGTAG_PREVIEW_RATE", default=120),
}
# How many of our own proxies add to X-Forwarded-For: for keys that may be used from some networks only.
PROXIES = env.int("SEGTAG_PROXIES", default=0)
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "segtag_site.api_auth.KeyAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["segtag_site.api.HasPermission", "segtag_site.api.KnownParameters"],
    "DEFAULT_THROTTLE_CLASSES": ["segtag_site.api.FairUse"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["segtag_site.api.Json"],
    "DEFAULT_PAGINATION_CLASS": "segtag_site.api.CursorPages",
    "PAGE_SIZE": 100,
    "DEFAULT_SCHEMA_CLASS": "segtag_site.api_schema.Schema",
    "EXCEPTION_HANDLER": "drf_standardized_errors.handler.exception_handler",
}
DRF_STANDARDIZED_ERRORS = {"EXCEPTION_HANDLER_CLASS": "segtag_site.api_errors.ApiErrors"}
SPECTACULAR_SETTINGS = {
    "ENUM_NAME_OVERRIDES": {
        "TagStatusEnum": "segmentation.tags.models.Tag.Status",
        "SegmentStatusEnum": "segmentation.segments.models.Segment.Status",
    },
    "TITLE": "SegTag",
    "VERSION": "1",
    "DESCRIPTION": "Customers, tags, segments and audiences of one shop.",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.IsAuthenticated"],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    # Groups in the order of the flow.
    "TAGS": [
        {"name": name}
        for name in (
            "customers",
            "events",
            "products",
            "imports",
            "catalog",
            "rules",
            "tags",
            "segments",
            "audiences",
            "suppressions",
            "export-columns",
            "runs",
            "webhooks",
            "erasures",
        )
    ],
}

# --- Admin -----------------------------------------------------------------------------------------------------

UNFOLD = {
    "SITE_TITLE": "SegTag",
    "SITE_HEADER": "SegTag",
    "SITE_SUBHEADER": _("Customer segmentation and tags"),
    "SITE_SYMBOL": "sell",
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": lambda request: static("segtag/logo.svg")}],
    "SITE_URL": "/",
    "SHOW_HISTORY": True,
    "SHOW_LANGUAGES": True,
    "SIDEBAR": {
        "show_search": True,
        "show_all_applications": False,
        "navigation": "segtag_site.navigation.admin_sidebar",
    },
    "COLORS": {
        "primary": {
            "50": "#eef6fc", "100": "#d8eaf8", "200": "#b3d5f0", "300": "#82b8e4", "400": "#4f97d4", "500": "#2a7abf",
            "600": "#066fd1", "700": "#0555a3", "800": "#084680", "900": "#0b3a67", "950": "#082544",
        },
    },
}  # fmt: skip

# --- Logs ------------------------------------------------------------------------------------------------------

# How log lines look: "text", or "json", one object a line. Neither holds personal data.
LOG_FORMAT = env.str("SEGTAG_LOG_FORMAT", default="text")
if LOG_FORMAT not in {"text", "json"}:
    raise ImproperlyConfigured("SEGTAG_LOG_FORMAT is 'text' or 'json'.")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"text": {"()": "segtag_site.logs.Lines"}, "json": {"()": "segtag_site.logs.JsonLines"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": LOG_FORMAT}},
    "root": {"handlers": ["console"], "level": env.str("SEGTAG_LOG_LEVEL", default="INFO")},
    # Tells the SQL of each step, and how long it took.
    "loggers": {"splink": {"level": "WARNING"}},
}
