"""The settings of the web application: those of the store, and what people and pages need.

The environment says which studies are served (TRIALWRIGHT_STUDIES, folders), on which names
(TRIALWRIGHT_HOSTS) and whether behind TLS (TRIALWRIGHT_HTTPS); `trialwright serve` sets them. The accounts' database is
`default`: a file of its own beside a study's ledger, so that a ledger that is handed on holds no password, or, on a
server, tables beside the ledgers'.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from trialwright.adapters.edc.keys import secret_key
from trialwright.store.engines import postgresql
from trialwright.store.engines.values import DJANGO_DATABASE, URL_VARIABLE
from trialwright.store.settings import DEFAULT_AUTO_FIELD, TIME_ZONE, USE_TZ

__all__ = ["DEFAULT_AUTO_FIELD", "TIME_ZONE", "USE_TZ"]

HERE = Path(__file__).parent
FOLDERS = [Path(one) for one in os.environ.get("TRIALWRIGHT_STUDIES", "").split(os.pathsep) if one]
ACCOUNTS = "accounts.sqlite3"
HTTPS = os.environ.get("TRIALWRIGHT_HTTPS") == "1"
DEBUG = False


def accounts_database(folder: Path | None) -> dict[str, Any]:
    """Where accounts and sessions are kept: beside the first study's ledger, or on the server that holds them all."""
    if url := os.environ.get(URL_VARIABLE):
        return postgresql.accounts_database(url)
    file = str(folder / ACCOUNTS) if folder else ":memory:"
    pragmas = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL"
    options = {"init_command": pragmas, "transaction_mode": "IMMEDIATE", "timeout": 10}
    return {**DJANGO_DATABASE, "ENGINE": "django.db.backends.sqlite3", "NAME": file, "OPTIONS": options}


DATABASES = {"default": accounts_database(FOLDERS[0] if FOLDERS else None)}
DATABASE_ROUTERS = ["trialwright.adapters.edc.routing.Router"]
SECRET_KEY = secret_key(FOLDERS[0] if FOLDERS else None)

INSTALLED_APPS = [
    "trialwright.store.apps.StoreConfig",
    "trialwright.adapters.edc.apps.EdcConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django_htmx",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "csp",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "trialwright.adapters.edc.middleware.Calm",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "trialwright.adapters.edc.people.tokens.Bearer",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "trialwright.adapters.edc.people.gate.Gate",
]
ROOT_URLCONF = "trialwright.adapters.edc.urls"
WSGI_APPLICATION = "trialwright.adapters.edc.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [HERE / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
            ],
        },
    }
]

# --- people ---------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "edc.Account"
AUTHENTICATION_BACKENDS = ["trialwright.adapters.edc.people.looking_up.Backend"]
SESSION_ENGINE = "trialwright.adapters.edc.people.looking_up"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [  # length and a list of common ones; no rule on which characters
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 15}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "trialwright.adapters.edc.people.passwords.ObviousHere"},
]
LOGIN_URL = "/sign-in/"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = ACCOUNT_LOGOUT_REDIRECT_URL = "/sign-in/"
ACCOUNT_ADAPTER = "trialwright.adapters.edc.people.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_RATE_LIMITS = {"login_failed": "20/m/ip,5/15m/key", "login": "60/m/ip", "reauthenticate": "20/m/user"}
MFA_ADAPTER = "trialwright.adapters.edc.people.adapters.MfaAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_TOLERANCE = 1  # clocks differ; a code is good once all the same (people.forms)
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_WEBAUTHN_USER_VERIFICATION = "preferred"
MFA_FORMS = {
    "authenticate": "trialwright.adapters.edc.people.forms.SecondStep",
    "reauthenticate": "trialwright.adapters.edc.people.forms.AskedAgain",
    "activate_totp": "trialwright.adapters.edc.people.forms.SetUp",
}
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if HTTPS else 0  # behind TLS the address is the one the proxy saw

# --- sessions and browsers --------------------------------------------------------------------------------------------
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_NAME = "__Host-session" if HTTPS else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "csrf"
CSRF_COOKIE_SAMESITE = "Strict"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = SECURE_SSL_REDIRECT = HTTPS
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
ALLOWED_HOSTS = os.environ.get("TRIALWRIGHT_HOSTS", "localhost,127.0.0.1,[::1],testserver").split(",")
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "manifest-src": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 2**20
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5_000
FILE_UPLOAD_MAX_MEMORY_SIZE = 5 * 2**20

# --- words and files --------------------------------------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("es", _("Spanish"))]
LOCALE_PATHS = [HERE / "locale"]
LANGUAGE_COOKIE_NAME = "language"
FORMAT_MODULE_PATH = ["trialwright.adapters.edc.formats"]
CSRF_FAILURE_VIEW = "trialwright.adapters.edc.look.answers.forged"
USE_I18N = True
STATIC_URL = "/static/"
STATICFILES_DIRS: list[Path] = []
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
CACHES = {
    "default": {  # shared by all workers: failed attempts and used codes are counted in it, so that it forgets late
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "edc_cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "quiet": {
            "()": "trialwright.adapters.edc.look.quiet.Quiet",
            "fmt": "%(asctime)s %(levelname)s %(name)s %(message)s",
        },
    },
    "handlers": {
        "stderr": {"class": "logging.StreamHandler", "formatter": "quiet"},
    },
    "loggers": {"trialwright.files": {"handlers": ["stderr"], "level": "INFO", "propagate": False}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
}
