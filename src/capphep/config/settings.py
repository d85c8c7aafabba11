"""The one settings file. Everything that differs between installations comes from the environment.

Each may be given by a file instead, whose name is in the variable with `_FILE` at its end. What is
also an option (`platform.options`) is changed on a screen, unless it is set here.

| variable | meaning |
|---|---|
| CAPPHEP_STATE_DIR | where the database, files and secret key live (default: var/ in the project) |
| CAPPHEP_DATABASE_URL | postgres://… or sqlite:///…; default: SQLite in the state directory |
| CAPPHEP_SECRET_KEY | signing key; default: made once in the state directory |
| CAPPHEP_ALLOWED_HOSTS | comma-separated host names (default: this machine only) |
| CAPPHEP_VENDOR_NAME | whose licences these are, as certificates say it |
| CAPPHEP_HTTPS | yes when served through HTTPS: secure cookies, HSTS |
| CAPPHEP_TRUSTED_PROXIES | how many reverse proxies stand in front (default 0) |
| CAPPHEP_WORKER | the server also does what goes on by itself (default yes; else: `worker`) |
| CAPPHEP_PUBLIC_URL | the address under which others reach this capphep: who issues licences, |
| | and where certificates lead (default there: the address by which each was asked for) |
| CAPPHEP_WEBHOOK_HOSTS | hosts of the own network that webhooks may go to (default none) |
| CAPPHEP_CLOCK | demo data only: the local day, YYYY-MM-DD |
| CAPPHEP_TWO_PEOPLE | R6: who sent a request cannot approve it (default yes) |
| CAPPHEP_EVIDENCE_REQUIRED | R7: both kinds of evidence before sending (default yes) |
| CAPPHEP_EVIDENCE_MAX_MIB | R7: largest evidence file (default 20) |
| CAPPHEP_DRAFT_DAYS | days after which an untouched draft ends by itself (default 90; 0: never) |
| CAPPHEP_BLOCKING_CHECKS | codes of automatic checks that stop an approval (default none) |
| CAPPHEP_TARGET_DAYS | in how many working days the desk means to decide (default 2) |
| CAPPHEP_RENEWAL_DAYS | days before its end that a subscription asks to be renewed (default 90) |
| CAPPHEP_RENEWAL_CONTINUES | R9: a renewal in time begins after the running term (default yes) |
| CAPPHEP_USAGE_PERCENTS | R16: percent in use at which sales are told, once each (default 80,100) |
| CAPPHEP_USAGE_STALE_DAYS | days without a report after which the screens say so (default 7) |
| CAPPHEP_USAGE_HISTORY_DAYS | how long the daily usage is kept (default 400; 0: for ever) |
| CAPPHEP_EXPIRY_NOTICE_DAYS | R17: days before an end at which sales are told (default 60,30,7) |
| CAPPHEP_LICENCE_SECRET | encrypts the keys that sign licences; default: made once |
| CAPPHEP_LICENCE_DAYS | how long a licence's file lives, renewed on fetch (default 30) |
| CAPPHEP_LICENCE_GRACE_DAYS | how long a file that was not renewed still counts (default 14) |
| CAPPHEP_SCIM_URL | R15: the identity provider's SCIM 2.0 address (default none: own directory) |
| CAPPHEP_SCIM_TOKEN | its bearer token |
| CAPPHEP_EMAIL_URL | R15: smtp+tls://user:password@host:587, smtps://… (default console) |
| CAPPHEP_EMAIL_FROM | from whom invitations come; needed with a mail server |
| CAPPHEP_PRODUCT_URL | the address that invitations name (default none) |
| CAPPHEP_CHECK_CACHE | yes keeps answers to products for up to a second (default no) |
| CAPPHEP_CHECK_STREAMS | how many event streams each server process keeps open (default 200) |
"""

from __future__ import annotations

from pathlib import Path

from csp.constants import NONE, SELF

from capphep.config import environment as env
from capphep.config import outside
from capphep.ims.check_codes import CheckCode

PROJECT_DIR = Path(__file__).resolve().parents[3]
STATE_DIR = Path(env.text("CAPPHEP_STATE_DIR", str(PROJECT_DIR / "var"))).resolve()
FILES_DIR = STATE_DIR / "files"
JOB_FILES_DIR = STATE_DIR / "jobs"

# What is set here is not for a screen to change (`platform.options`).
GIVEN = env.given()

SECRET_KEY = env.kept_secret("CAPPHEP_SECRET_KEY", STATE_DIR / "secret-key")
DEBUG = False
ALLOWED_HOSTS = env.words("CAPPHEP_ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
HTTPS = env.flag("CAPPHEP_HTTPS", False)
VENDOR_NAME = env.text("CAPPHEP_VENDOR_NAME").strip()
TRUSTED_PROXIES = env.whole_number("CAPPHEP_TRUSTED_PROXIES", 0)
PUBLIC_URL = env.web_address("CAPPHEP_PUBLIC_URL", "http://127.0.0.1:8000")
HAS_PUBLIC_URL = bool(env.text("CAPPHEP_PUBLIC_URL"))

WORKER = env.flag("CAPPHEP_WORKER", True)
WEBHOOK_HOSTS = env.words("CAPPHEP_WEBHOOK_HOSTS")
CLOCK = env.day("CAPPHEP_CLOCK")
TWO_PEOPLE = env.flag("CAPPHEP_TWO_PEOPLE", True)
EVIDENCE_REQUIRED = env.flag("CAPPHEP_EVIDENCE_REQUIRED", True)
RENEWAL_DAYS = env.whole_number("CAPPHEP_RENEWAL_DAYS", 90)
RENEWAL_CONTINUES = env.flag("CAPPHEP_RENEWAL_CONTINUES", True)
CHECK_CACHE = env.flag("CAPPHEP_CHECK_CACHE", False)
CHECK_STREAMS = env.whole_number("CAPPHEP_CHECK_STREAMS", 200)
DRAFT_DAYS = env.whole_number("CAPPHEP_DRAFT_DAYS", 90)
USAGE_PERCENTS = env.marks("CAPPHEP_USAGE_PERCENTS", "80,100", most=1000)
USAGE_STALE_DAYS = env.whole_number("CAPPHEP_USAGE_STALE_DAYS", 7, least=1)
USAGE_HISTORY_DAYS = env.whole_number("CAPPHEP_USAGE_HISTORY_DAYS", 400)
EXPIRY_NOTICE_DAYS = env.marks("CAPPHEP_EXPIRY_NOTICE_DAYS", "60,30,7", most=3650)
BLOCKING_CHECKS = frozenset(env.choices("CAPPHEP_BLOCKING_CHECKS", list(CheckCode)))
TARGET_WORKING_DAYS = env.whole_number("CAPPHEP_TARGET_DAYS", 2)
LICENCE_SECRET = env.kept_secret("CAPPHEP_LICENCE_SECRET", STATE_DIR / "licence-secret")
LICENCE_DAYS = env.whole_number("CAPPHEP_LICENCE_DAYS", 30, least=1)
LICENCE_GRACE_DAYS = env.whole_number("CAPPHEP_LICENCE_GRACE_DAYS", 14)
EVIDENCE_MAX_BYTES = env.whole_number("CAPPHEP_EVIDENCE_MAX_MIB", 20, least=1) * 1024 * 1024

SCIM_URL = outside.web_address("CAPPHEP_SCIM_URL", is_secret=True)
SCIM_TOKEN = outside.token("CAPPHEP_SCIM_TOKEN", goes_with="CAPPHEP_SCIM_URL")
PRODUCT_URL = outside.web_address("CAPPHEP_PRODUCT_URL")
MAIL_SERVER = outside.mail_server("CAPPHEP_EMAIL_URL")
globals().update(MAIL_SERVER)
DEFAULT_FROM_EMAIL = outside.sender("CAPPHEP_EMAIL_FROM", is_needed="EMAIL_HOST" in MAIL_SERVER)

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "axes",
    "csp",
    "capphep.platform",
    "capphep.catalog",
    "capphep.crm",
    "capphep.entitlements",
    "capphep.identity",
    "capphep.provisioning",
    "capphep.ims",
    "capphep.integration",
    "capphep.exchange",
    "capphep.reporting",
    "capphep.collaboration",
    "capphep.paper",
    "capphep.privacy",
    "capphep.shell",
]

MIDDLEWARE = [
    "capphep.platform.middleware.OptionsOnce",
    "capphep.platform.middleware.ClientAddress",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "capphep.platform.middleware.ChosenLanguage",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "capphep.platform.middleware.SignInRequired",
    "capphep.platform.preview.Preview",
    "capphep.platform.personal.PersonalData",
    "django.contrib.messages.middleware.MessageMiddleware",
    "capphep.integration.middleware.ApiAccess",
    "django_htmx.middleware.HtmxMiddleware",
    "capphep.platform.middleware.RenderRefusals",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "capphep.config.urls"
WSGI_APPLICATION = "capphep.config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "capphep.platform.context.page_context",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.DjangoTemplates"

DATABASES = {
    "default": env.database("CAPPHEP_DATABASE_URL", f"sqlite:///{STATE_DIR / 'capphep.sqlite3'}")
}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A deferred transaction that reads and then writes fails when another writer came
    # between; IMMEDIATE takes its turn at BEGIN. FULL: what was acknowledged survives
    # a power cut. Recursive triggers: REPLACE INTO asks the triggers of append-only tables too.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA recursive_triggers=ON;"
        ),
    }
    DATABASES["default"]["TEST"] = {"NAME": str(STATE_DIR / "test.sqlite3")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "platform.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "capphep.platform.backends.People",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "shell:home"
LOGOUT_REDIRECT_URL = "login"
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = 0.25  # hours; its template says so
AXES_LOCKOUT_TEMPLATE = "429.html"
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False

# The lists by their names, for what runs one without its screen (`platform.lists.source_named`).
LISTS = {
    "catalog.items": "capphep.catalog.views.goods.ITEMS",
    "catalog.packages": "capphep.catalog.views.packages.PACKAGES",
    "catalog.products": "capphep.catalog.views.products.PRODUCTS",
    "catalog.resources": "capphep.catalog.views.parts.RESOURCES",
    "crm.customers": "capphep.crm.views.customer_list.CUSTOMERS",
    "crm.duplicates": "capphep.crm.views.alike.DUPLICATES",
    "crm.opportunities": "capphep.crm.views.opportunity_list.OPPORTUNITIES",
    "crm.orders": "capphep.crm.views.order_list.ORDERS",
    "crm.projects": "capphep.crm.views.projects.PROJECTS",
    "exchange.imports": "capphep.exchange.views.imports.IMPORTS",
    "identity.accounts": "capphep.identity.views.accounts.ACCOUNTS",
    "ims.absences": "capphep.ims.views.absences.ABSENCES",
    "ims.queue": "capphep.ims.views.queue.QUEUE",
    "ims.subscriptions": "capphep.ims.views.subscription_list.SUBSCRIPTIONS",
    "integration.deliveries": "capphep.integration.views.deliveries.DELIVERIES",
    "integration.endpoints": "capphep.integration.views.endpoints.ENDPOINTS",
    "integration.tokens": "capphep.integration.views.tokens.TOKENS",
    "provisioning.requests": "capphep.provisioning.views.request_list.REQUESTS",
    "shell.notices": "capphep.shell.views.notices.NOTICES",
    "privacy.access": "capphep.privacy.views.access.ACCESS",
    "privacy.requests": "capphep.privacy.views.register.REQUESTS",
    "shell.teams": "capphep.shell.views.teams.TEAMS",
    "shell.users": "capphep.shell.views.users.USERS",
}
# What can be done to many rows of a list at once, by the name of the list.
BULK_ACTIONS = {
    "crm.customers": (
        "capphep.shell.bulk.HAND_OVER_CUSTOMERS",
        "capphep.crm.bulk.STOP_FOLLOWING",
        "capphep.crm.bulk.FOLLOW_AGAIN",
    ),
    "crm.opportunities": ("capphep.shell.bulk.HAND_OVER_OPPORTUNITIES",),
    "crm.orders": (
        "capphep.shell.bulk.HAND_OVER_ORDERS",
        "capphep.crm.bulk.STOP_FOLLOWING_ORDERS",
        "capphep.crm.bulk.FOLLOW_ORDERS_AGAIN",
    ),
    "identity.accounts": ("capphep.identity.bulk.SEND_AGAIN",),
}

LANGUAGE_CODE = "vi"
LANGUAGES = [("vi", "Tiếng Việt"), ("en", "English")]
TIME_ZONE = "Asia/Ho_Chi_Minh"
USE_TZ = True
USE_I18N = True
USE_THOUSAND_SEPARATOR = True
LOCALE_PATHS = [PROJECT_DIR / "src/capphep/pure/locale"]

STATIC_URL = "/static/"
STATIC_ROOT = STATE_DIR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "capphep.platform.storage.StaticFiles"},
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
# A 500-line order posts some thousand fields.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "capphep.platform.views.csrf_failure"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SILENCED_SYSTEM_CHECKS = ["security.W004", "security.W008", "security.W012", "security.W016"]
X_FRAME_OPTIONS = "SAMEORIGIN"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "frame-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [SELF],
    }
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
