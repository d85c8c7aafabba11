"""The root of all addresses."""

from django.contrib.auth.views import LoginView, LogoutView
from django.urls import include, path

from capphep.config.api import api
from capphep.ims.views.public import public_licence
from capphep.integration.views.documentation import documentation
from capphep.platform.api.errors import not_found
from capphep.platform.draft_views import draft, draft_offer
from capphep.platform.views import healthz
from capphep.shell.demo import demo_accounts

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path(".well-known/", include("capphep.entitlements.urls")),
    path(
        "login",
        LoginView.as_view(
            template_name="platform/login.html",
            redirect_authenticated_user=True,
            # The page shows them only where the data is demo data.
            extra_context={"demo_accounts": demo_accounts},
        ),
        name="login",
    ),
    path("logout", LogoutView.as_view(), name="logout"),
    # Printed on certificates for years: it stays where it is.
    path("gp/<str:code>", public_licence, name="public_licence"),
    path("drafts/", draft_offer, name="drafts"),
    path("drafts/<uuid:key>", draft, name="draft"),
    path("i18n/", include("django.conf.urls.i18n")),
    path("lists/", include("capphep.platform.list_urls")),
    path("crm/", include("capphep.crm.urls")),
    path("requests/", include("capphep.provisioning.urls")),
    path("ims/", include("capphep.ims.urls")),
    path("accounts/", include("capphep.identity.urls")),
    path("catalogue/", include("capphep.catalog.urls")),
    path("integration/", include("capphep.integration.urls")),
    path("exchange/", include("capphep.exchange.urls")),
    path("reports/", include("capphep.reporting.urls")),
    path("talk/", include("capphep.collaboration.urls")),
    path("paper/", include("capphep.paper.urls")),
    path("privacy/", include("capphep.privacy.urls")),
    path("api/v1/docs", documentation, {"api": api}, name="api_docs"),
    path("api/v1/", api.urls),
    path("api/<path:path>", not_found),
    path("", include("capphep.shell.urls")),
]
