"""Routes of the facts' own pages."""

from django.urls import path

from customers import views

# Pages about one customer; the list and the customer's page itself draw on conclusions too, see segtag_site.urls.
customer_patterns = [
    path("<int:pk>/reveal/", views.reveal, name="reveal"),
    path("<int:pk>/timeline/", views.timeline, name="timeline"),
]
