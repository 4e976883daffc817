"""Django's settings. Every variable of the environment that is read here is described in docs/how-to/run.md."""

import os
from pathlib import Path
from typing import Any

from kuangan.base import clock
from kuangan.host.data_folder import data_folder
from kuangan.host.database.address import DatabaseAddress, database_address
from kuangan.host.secret_key import secret_key

PACKAGE = Path(__file__).resolve().parent.parent
DATA = data_folder()


def flag(name: str) -> bool:
    """Whether the environment switches `name` on (`1`, `true`, `yes`)."""
    return os.environ.get(name, "").lower() in {"1", "true", "yes"}


def listed(name: str, default: str = "") -> list[str]:
    """A comma-separated variable as a list without empty parts."""
    return [part.strip() for part in os.environ.get(name, default).split(",") if part.strip()]


DEMONSTRATION = clock.is_demonstration()
"""Whether this data folder holds the invented city: its seed leaves a file. Pages and papers then say so."""

PRACTICE = DATA.is_practice
"""Whether this is a practice city: everything that it shows or writes says so, and no message leaves it."""
KUANGAN_PRACTICE_URL = os.environ.get("KUANGAN_PRACTICE_URL", "")
"""Where the practice city beside this real one is opened; its link stands in the menu."""

DEBUG = flag("KUANGAN_DEBUG")
KUANGAN_BEHIND_PROXY = flag("KUANGAN_BEHIND_PROXY")
"""TLS ends at a proxy in front, whatever address we listen on."""
KUANGAN_PROXIES = listed("KUANGAN_PROXIES", "127.0.0.1,::1")
"""Addresses and networks of that proxy: what others claim in `X-Forwarded-For` and `X-Forwarded-Proto` counts for nothing."""
PLAIN_HTTP = flag("KUANGAN_PLAIN_HTTP") and not KUANGAN_BEHIND_PROXY
"""Set by `kuangan up` on a loopback address; everywhere else cookies travel over TLS only."""

SECRET_KEY = secret_key(DATA)
ALLOWED_HOSTS = listed("KUANGAN_HOSTS", "localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = listed("KUANGAN_ORIGINS")

INSTALLED_APPS = [
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "ninja",
    "kuangan.core",
    "kuangan.mine",
    "kuangan.paper",
    "kuangan.monitor",
    "kuangan.ledger",
    "kuangan.duty",
    "kuangan.casework",
    "kuangan.draw",
    "kuangan.sample",
    "kuangan.office",
    "kuangan.flow",
    "kuangan.city",
    "kuangan.web",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "kuangan.site.csp.ContentSecurityPolicy",
    "kuangan.web.gate.addresses.PlainAddress",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "kuangan.core.access.middleware.CurrentUser",
    "kuangan.web.gate.recording.ExportsRecorded",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "kuangan.web.gate.busy.TooBusy",
]

ROOT_URLCONF = "kuangan.site.urls"
ASGI_APPLICATION = "kuangan.site.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]
FORM_RENDERER = "kuangan.web.frame.fields.options.FormRenderer"

AS_OWNER = os.environ.get("KUANGAN_DB_ROLE") == "owner"
"""`kuangan migrate` runs as the owner of the tables; every other process as the application role."""

APP_ROLE = database_address().user
"""The role that migrations grant to and revoke from."""


def database(address: DatabaseAddress) -> dict[str, Any]:
    """Django's entry for `address`; the owner has no time limit, since migrations may take long."""
    limits = "" if AS_OWNER else "-c statement_timeout=30000 -c lock_timeout=10000 "
    options: dict[str, Any] = {
        "application_name": f"kuangan {os.environ.get('KUANGAN_PROCESS', 'command')}",
        "options": f"{limits}-c idle_in_transaction_session_timeout=60000 -c client_encoding=UTF8",
        "connect_timeout": 5,
    }
    if address.sslmode:
        options["sslmode"] = address.sslmode
    pool_size = int(os.environ.get("KUANGAN_DB_POOL") or 0)
    if pool_size:
        options["pool"] = {"min_size": 1, "max_size": pool_size, "timeout": 5}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": address.name,
        "USER": address.user,
        "PASSWORD": address.password,
        "HOST": address.host,
        "PORT": str(address.port),
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options,
    }


DATABASES = {"default": database(database_address(owner=AS_OWNER))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "core.User"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True

STATIC_URL = "/static/"
STATICFILES_DIRS = [PACKAGE / "static"]
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
WHITENOISE_MAX_AGE = 0 if DEBUG else 600

SESSION_ENGINE = "kuangan.core.access.sessions"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = not PLAIN_HTTP
CSRF_COOKIE_SECURE = not PLAIN_HTTP
CSRF_FAILURE_VIEW = "kuangan.web.frame.errors.csrf_failure"
SECURE_HSTS_SECONDS = 0 if PLAIN_HTTP else 30 * 24 * 3600
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "SAMEORIGIN"

SILENCED_SYSTEM_CHECKS = [
    "security.W005",  # the bureau's other sites under the same domain are not ours to force onto TLS
    "security.W008",  # TLS ends at the proxy in front, which redirects
    "security.W019",  # papers of ours are shown in frames of ours
    "security.W021",  # no preload: an intranet name is not in a browser's list
]

KUANGAN_LOGIN_MAX_FAILURES = int(os.environ.get("KUANGAN_LOGIN_MAX_FAILURES") or 5)
KUANGAN_LOGIN_LOCK_MINUTES = int(os.environ.get("KUANGAN_LOGIN_LOCK_MINUTES") or 15)
KUANGAN_OIDC = {
    "issuer": os.environ.get("KUANGAN_OIDC_ISSUER", "").rstrip("/"),
    "client_id": os.environ.get("KUANGAN_OIDC_CLIENT_ID", ""),
    "client_secret": os.environ.get("KUANGAN_OIDC_CLIENT_SECRET", ""),
    "label": os.environ.get("KUANGAN_OIDC_LABEL") or "统一登录",
    "claim": os.environ.get("KUANGAN_OIDC_CLAIM") or "phone_number",
    "matches": "number" if os.environ.get("KUANGAN_OIDC_MATCHES") == "number" else "phone",
    "administrators": flag("KUANGAN_OIDC_ADMINISTRATORS"),
}
"""Single sign-on: the provider (empty: none), and by which of its claims an account is found."""
KUANGAN_ATTACHMENT_MAX_BYTES = int(os.environ.get("KUANGAN_ATTACHMENT_MAX_BYTES") or 200 * 1024 * 1024)
KUANGAN_GATEWAY_URL = os.environ.get("KUANGAN_GATEWAY_URL", "")
"""SMS and phone gateway where none is set up on the page; empty = messages go to messages.jsonl in the data folder."""
KUANGAN_GATEWAY_TOKEN = os.environ.get("KUANGAN_GATEWAY_TOKEN", "")
KUANGAN_GATEWAY_TIMEOUT_S = float(os.environ.get("KUANGAN_GATEWAY_TIMEOUT_S") or 5)
KUANGAN_NOTICE_PAGE = "/notices/{}/"
"""The page of a notice by its number, as messages lead there."""

DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 7_000  # a table of 500 rows and 12 columns, with what stands around it
DATA_UPLOAD_MAX_NUMBER_FILES = 20
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(levelname)s %(name)s: %(message)s"}},
    "filters": {"sparing": {"()": "kuangan.site.logs.Sparing"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "line"},
        "strangers": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["sparing"]},
    },
    "root": {"handlers": ["console"], "level": os.environ.get("KUANGAN_LOG_LEVEL", "INFO")},
    "loggers": {
        "django.server": {"handlers": ["console"], "propagate": False},
        **{
            name: {"handlers": ["strangers"], "propagate": False}
            for name in ("django.request", "django.security", "django.security.DisallowedHost", "uvicorn.error")
        },
    },
}
