"""Every setting, read from the environment once.

Without any variable the project runs as a demonstration on SQLite. With
PRODUCTION=1 it refuses to start until its secrets and its public address are given.
"""

import os
import re
from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured

ROOT = Path(__file__).resolve().parent.parent

# A token has 26 signs, and RFC 5321 section 4.5.3.1.1 allows 64 before the @.
REPLY_FORM = re.compile(
    r"(?=[^@]{7,45}@)[a-z0-9._+=-]*\{token\}[a-z0-9._+=-]*@[a-z0-9.-]+", re.IGNORECASE
)

env = environ.Env()
# What the program writes: the database of a demonstration, its mails, static files.
VAR = Path(env.str("VAR_FOLDER", str(ROOT / "var")))

PRODUCTION = env.bool("PRODUCTION", False)
DEMO = env.bool("DEMO", False)
DEBUG = env.bool("DEBUG", False)

if PRODUCTION and (DEMO or DEBUG):
    raise ImproperlyConfigured("PRODUCTION excludes DEMO and DEBUG.")


def required(name: str, development: str) -> str:
    """The variable, or its development default; in production it must be given."""
    value = env.str(name, "" if PRODUCTION else development)
    if not value:
        raise ImproperlyConfigured(f"{name} must be set in production.")
    return value


SECRET_KEY = required("SECRET_KEY", "development-only-" + "0" * 50)
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
TOKEN_KEY = required("TOKEN_KEY", "development-only-token-" + "1" * 44)
if PRODUCTION and min(len(SECRET_KEY), len(TOKEN_KEY)) < 50:
    raise ImproperlyConfigured("SECRET_KEY and TOKEN_KEY need 50 characters or more.")
BASE_URL = required("BASE_URL", f"http://localhost:{env.str('PORT', '8000')}").rstrip(
    "/"
)
if PRODUCTION and not BASE_URL.startswith("https://"):
    raise ImproperlyConfigured("BASE_URL must start with https:// in production.")
ALLOWED_HOSTS = [
    host
    for host in required("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]").split(",")
    if host
]
CSRF_TRUSTED_ORIGINS = [BASE_URL]

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "phonenumber_field",
    "django_tables2",
    "csp",
    "venues",
    "networking",
    "invitations",
    "reports",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "networking.middleware.utf8_only",
    "networking.middleware.private_pages",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "networking.middleware.second_factor",
]

ROOT_URLCONF = "networking.urls"
WSGI_APPLICATION = "networking.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "networking.context.site",
            ],
            "builtins": ["networking.templatetags.french"],
        },
    }
]
FORM_RENDERER = "networking.rendering.FrenchFormRenderer"

DATABASES = {
    "default": env.db("DATABASE_URL", default=f"sqlite:///{VAR / 'db.sqlite3'}")
}
DATABASES["default"]["ATOMIC_REQUESTS"] = False
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # IMMEDIATE: a transaction takes the write lock at its start, so that the count
    # of taken seats and the new answer are one step, and nobody gets "locked" at once.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"
        " PRAGMA secure_delete=ON;",
    }
    # A file of its own: races between threads must meet real locks.
    DATABASES["default"]["TEST"] = {"NAME": VAR / f"test-{os.getpid()}.sqlite3"}
else:
    DATABASES["default"]["CONN_MAX_AGE"] = 60
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {
    # Shared by all processes: allauth counts its rate limits here.
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache",
    }
}

AUTH_USER_MODEL = "networking.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"

ACCOUNT_ADAPTER = "networking.accounts.InvitedOnlyAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*"]
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 600
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_TIMEOUT = 600
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = "Parenthèses Réseau : "
ALLAUTH_USER_CODE_FORMAT = {"numeric": True, "dashed": False, "length": 6}
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", 0)
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Parenthèses Réseau"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not PRODUCTION
SECOND_FACTOR_REQUIRED = env.bool("SECOND_FACTOR_REQUIRED", PRODUCTION)

MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
SESSION_COOKIE_AGE = 7 * 24 * 3600
SESSION_COOKIE_HTTPONLY = True
CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
if BASE_URL.startswith("https://"):
    SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", True)
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SESSION_COOKIE_NAME = "__Host-sessionid"
    CSRF_COOKIE_NAME = "__Host-csrftoken"
    SECURE_HSTS_SECONDS = env.int("HSTS_SECONDS", 31_536_000)
    SECURE_HSTS_INCLUDE_SUBDOMAINS = env.bool("HSTS_SUBDOMAINS", True)
    SECURE_HSTS_PRELOAD = env.bool("HSTS_PRELOAD", True)
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_NUMBER_FIELDS = 12_000
FILE_UPLOAD_PERMISSIONS = 0o600
SELF, NONE = "'self'", "'none'"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        **dict.fromkeys(("script-src", "style-src", "font-src"), [SELF]),
        **dict.fromkeys(("connect-src", "form-action"), [SELF]),
        "img-src": [SELF, "data:"],
        **dict.fromkeys(("base-uri", "frame-ancestors", "object-src"), [NONE]),
    }
}

LANGUAGE_CODE = "fr"
TIME_ZONE = "Europe/Paris"
USE_I18N = True
USE_TZ = True
PHONENUMBER_DEFAULT_REGION = "FR"
PHONENUMBER_DEFAULT_FORMAT = "NATIONAL"

STATIC_URL = "static/"
STATICFILES_DIRS = [ROOT / "static"]
STATIC_ROOT = VAR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

ORGANISATION_NAME = env.str("ORGANISATION_NAME", "Parenthèse Savoie")
ORGANISATION_CONTACT = required("ORGANISATION_CONTACT", "contact@parentheses.example")
REPLY_ADDRESS = required("REPLY_ADDRESS", "reponse@parentheses.example")
# Where each guest answers: behind a plus sign, or in a domain that takes any name.
REPLY_PATTERN = env.str("REPLY_PATTERN", "") or "+{token}@".join(
    REPLY_ADDRESS.rsplit("@", 1)
)
if not REPLY_FORM.fullmatch(REPLY_PATTERN):
    raise ImproperlyConfigured(
        "REPLY_PATTERN must be an address with {token} once before its @,"
        " and 38 more signs there at most."
    )
# The mailbox that receives them, and the name under which its server vouches for
# senders in Authentication-Results (RFC 8601); without it no sender is vouched for.
IMAP_URL = env.str("IMAP_URL", "")
if IMAP_URL and not IMAP_URL.startswith("imaps://"):
    raise ImproperlyConfigured("IMAP_URL must start with imaps://.")
AUTHSERV_ID = env.str("AUTHSERV_ID", "")
ANYMAIL = {"WEBHOOK_SECRET": env.str("INBOUND_SECRET", "")}
DEFAULT_FROM_EMAIL = env.str(
    "DEFAULT_FROM_EMAIL", f"Parenthèses Réseau <{ORGANISATION_CONTACT}>"
)
MAILBOX = VAR / "mailbox"
if DEMO:
    # Whatever EMAIL_URL says: fictional people have no real mailbox.
    EMAIL_BACKEND = "networking.mailbox.MailboxBackend"
else:
    vars().update(env.email("EMAIL_URL", required("EMAIL_URL", "consolemail://")))
EMAIL_TIMEOUT = 15
# Without an address no text message leaves; in a demonstration none ever does.
SMS_URL = env.str("SMS_URL", "")
SMS_METHOD = env.str("SMS_METHOD", "POST").upper()
SMS_HEADERS = env.json("SMS_HEADERS", {})
SMS_FORMAT = env.str("SMS_FORMAT", "json")
SMS_BODY = env.str("SMS_BODY", "")
SMS_ACCEPTED = env.str("SMS_ACCEPTED", "")
SMS_SENDER = env.str("SMS_SENDER", "")
SMS_TIMEOUT = env.float("SMS_TIMEOUT", 10)
# In text messages, where each sign counts: a shorter name of the same site.
SHORT_URL = env.str("SHORT_URL", BASE_URL).rstrip("/")
# What one domain takes from us in a minute; 0 is no limit. A demonstration's mail
# never leaves, and need not wait.
MAIL_PER_MINUTE_AND_DOMAIN = env.int("MAIL_PER_MINUTE_AND_DOMAIN", 0 if DEMO else 60)
# Invitations to one person within 90 days, over all circles; 0 is no limit.
INVITATIONS_PER_QUARTER = env.int("INVITATIONS_PER_QUARTER", 6)
# Under these names the mail host may have published its DKIM keys.
MAIL_DKIM_SELECTORS = env.list("MAIL_DKIM_SELECTORS", default=[])

COMMUNES_URL = env.str("COMMUNES_URL", "https://geo.api.gouv.fr")
GEOCODER_DOMAIN = env.str("GEOCODER_DOMAIN", "data.geopf.fr/geocodage")
GEOCODER_SCHEME = env.str("GEOCODER_SCHEME", "https")
# A demonstration never leaves the machine: it shows the offline fallback.
GEOCODER_TIMEOUT = env.float("GEOCODER_TIMEOUT", 0 if DEMO else 4)
# No count from 1 to SMALLEST_COUNT - 1 leaves in a partner's document.
SMALLEST_COUNT = env.int("SMALLEST_COUNT", 5)
if not 5 <= SMALLEST_COUNT <= 11:
    raise ImproperlyConfigured("SMALLEST_COUNT must be from 5 to 11.")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "networking.tokens.MaskTokens",
            "format": "%(asctime)s %(levelname)s %(name)s %(message)s",
        }
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "line",
        }
    },
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "django": {"handlers": ["console"], "level": "WARNING", "propagate": False},
        "parentheses": {"handlers": ["console"], "level": "INFO", "propagate": False},
    },
}
