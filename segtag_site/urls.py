"""Routes, in the order of the flow."""

from allauth.account.views import reauthenticate as password_again
from allauth.mfa.base import views as factor
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as codes
from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import LogoutView
from django.urls import include, path
from django.views.i18n import set_language

from customers.tracking.urls import tracking_patterns
from customers.urls import customer_patterns, import_patterns, intake_patterns
from segtag_site import health
from segtag_site.back_office_door import back_office_door
from segtag_site.pages.customer_360 import customer_360
from segtag_site.pages.customer_list import customer_list
from segtag_site.pages.dashboard import dashboard
from segtag_site.sign_in import PasswordChange, SignIn

customer_pages = [
    path("", customer_list, name="list"),
    path("<int:pk>/", customer_360, name="detail"),
    *customer_patterns,
]

# allauth's views under names that allauth asks for; everything else of it stays outside.
second_factor_pages = [
    path("", factor.index, name="mfa_index"),
    path("app/", codes.activate_totp, name="mfa_activate_totp"),
    path("app/remove/", codes.deactivate_totp, name="mfa_deactivate_totp"),
    path("recovery-codes/", recovery_codes.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("recovery-codes/new/", recovery_codes.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path("recovery-codes/file/", recovery_codes.download_recovery_codes, name="mfa_download_recovery_codes"),
]

urlpatterns = [
    *tracking_patterns,
    path("livez", health.alive),
    path("readyz", health.ready),
    path("metrics", health.metrics),
    path("", dashboard, name="dashboard"),
    path("intake/", include((intake_patterns, "intake"))),
    path("imports/", include((import_patterns, "imports"))),
    path("customers/", include((customer_pages, "customers"))),
    # Tags, clusters, segments, audiences, runs.
    path("", include("segmentation.urls")),
    path("api/", include("segtag_site.api_urls")),
    path("admin/login/", login_not_required(back_office_door)),
    path("admin/", admin.site.urls),
    path("login/", SignIn.as_view(), name="login"),
    path("login/", SignIn.as_view(), name="account_login"),
    path("login/code/", factor.authenticate, name="mfa_authenticate"),
    path("login/again/", password_again, name="account_reauthenticate"),
    path("login/again/code/", factor.reauthenticate, name="mfa_reauthenticate"),
    path("second-factor/", include(second_factor_pages)),
    path("password/", PasswordChange.as_view(), name="password_change"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("language/", login_not_required(set_language), name="set_language"),
]
