"""Routes of the facts' own pages."""

from django.urls import path

from customers import duplicate_views, import_views, intake_views, views

# Pages about one customer; the list and the customer's page itself draw on conclusions too, see segtag_site.urls.
customer_patterns = [
    path("<int:pk>/reveal/", views.reveal, name="reveal"),
    path("<int:pk>/profiling/", views.profiling_switch, name="profiling"),
    path("<int:pk>/timeline/", views.timeline, name="timeline"),
    path("<int:pk>/merge/", views.merge, name="merge"),
    path("<int:pk>/separate/", views.separate, name="separate"),
    path("duplicates/", duplicate_views.duplicates, name="duplicates"),
    path("duplicates/search/", duplicate_views.search, name="search_duplicates"),
    path("duplicates/<int:pk>/", duplicate_views.decide, name="decide_duplicate"),
]

import_patterns = [
    path("", import_views.import_list, name="list"),
    path("new/", import_views.import_new, name="new"),
    path("new/mapping/", import_views.import_mapping, name="mapping"),
    path("<int:pk>/", import_views.import_detail, name="detail"),
    path("<int:pk>/progress/", import_views.import_progress, name="progress"),
    path("<int:pk>/set-aside.csv", import_views.import_rejects, name="rejects"),
]

intake_patterns = [
    path("", intake_views.intake, name="overview"),
    path("replay/", intake_views.replay, name="replay"),
]
