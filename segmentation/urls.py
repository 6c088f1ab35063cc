"""Routes of the pages, in the order of the flow."""

from django.urls import path

from segmentation.activation import delivery_views as deliveries
from segmentation.activation import pages as activation
from segmentation.activation.views import export_download
from segmentation.audiences import contact_views as contact
from segmentation.audiences import step_views as steps
from segmentation.audiences import views as audiences
from segmentation.health import views as health
from segmentation.history import views as history
from segmentation.measurement import views as results
from segmentation.playbooks import views as playbooks
from segmentation.privacy import register_views as register
from segmentation.privacy import retention_views as retention
from segmentation.privacy import views as privacy
from segmentation.recommendation import views as products
from segmentation.runs import views as runs
from segmentation.segments import comparing_views as comparing
from segmentation.segments import making_views as making
from segmentation.segments import review_views as reviews
from segmentation.segments import routine_views as routines
from segmentation.segments import views as segments
from segmentation.segments.why_views import segment_why
from segmentation.sets.views import members
from segmentation.tags import cluster_views as clusters
from segmentation.tags import given_views as given
from segmentation.tags import kind_views as kinds
from segmentation.tags import list_views as lists
from segmentation.tags import pages as studio
from segmentation.tags import taxonomy_views as taxonomy
from segmentation.tags import views as tags
from segmentation.tags.prediction_views import prediction_detail
from segmentation.webhooks import views as webhooks

app_name = "segmentation"
urlpatterns = [
    path("tags/", tags.tag_list, name="tag_list"),
    path("tags/<slug:key>/", tags.tag_detail, name="tag_detail"),
    path("tags/<slug:key>/given/", given.given_values, name="given_values"),
    path("tags/<slug:key>/given/<int:pk>/withdraw/", given.given_withdraw, name="given_withdraw"),
    path("tags/<slug:key>/lists/", lists.value_lists, name="value_lists"),
    path("tags/<slug:key>/lists/<int:pk>/refused/", lists.value_list_refused, name="value_list_refused"),
    path("tags/<slug:key>/run/", tags.tag_run, name="tag_run"),
    path("tags/<slug:key>/submit/", reviews.tag_submit, name="tag_submit"),
    path("tags/<slug:key>/delete/", reviews.tag_delete, name="tag_delete"),
    path("tags/<slug:key>/quality/", prediction_detail, name="prediction_detail"),
    path("tag-kinds/", kinds.kind_list, name="kind_list"),
    path("tag-kinds/<slug:key>/", kinds.kind_detail, name="kind_detail"),
    path("taxonomy/", taxonomy.tree, name="taxonomy"),
    path("taxonomy/move/", taxonomy.move, name="taxonomy_move"),
    path("taxonomy/new/", taxonomy.folder_new, name="folder_new"),
    path("taxonomy/export/", taxonomy.export, name="taxonomy_export"),
    path("taxonomy/import/", taxonomy.import_page, name="taxonomy_import"),
    path("taxonomy/<slug:key>/", taxonomy.folder, name="folder"),
    path("taxonomy/<slug:key>/delete/", taxonomy.folder_delete, name="folder_delete"),
    path("clusters/", clusters.cluster_list, name="cluster_list"),
    path("new-cluster/", studio.cluster_new, name="cluster_new"),
    path("cluster-trials/<slug:subject>/", studio.cluster_trial, name="cluster_trial"),
    path("cluster-trials/<slug:subject>/again/", studio.cluster_trial_again, name="cluster_trial_again"),
    path("cluster-trials/<slug:subject>/save/", studio.cluster_trial_save, name="cluster_trial_save"),
    path("clusters/<slug:key>/", clusters.cluster_detail, name="cluster_detail"),
    path("clusters/<slug:key>/rename/", studio.cluster_rename, name="cluster_rename"),
    path("clusters/<slug:key>/card/", studio.cluster_card, name="cluster_card"),
    path("products/", products.product_list, name="product_list"),
    path("products/<int:pk>/", products.product_detail, name="product_detail"),
    path("recommendation-rules/", products.recommendation_rules, name="recommendation_rules"),
    path("compute-recommendations/", products.recommendation_run, name="recommendation_run"),
    path("segments/", segments.segment_list, name="segment_list"),
    path("new-segment/", segments.segment_new, name="segment_new"),
    path("new-segment/from-segments/", making.segment_from_sets, name="segment_from_sets"),
    path("new-segment/from-segments/count/", making.sets_count, name="sets_count"),
    path("new-segment/snapshot/", making.segment_from_snapshot, name="segment_from_snapshot"),
    path("new-segment/list/", making.segment_from_list, name="segment_from_list"),
    path("compare-sets/", comparing.set_compare, name="set_compare"),
    path("segments/<slug:key>/profile/", comparing.segment_profile, name="segment_profile"),
    path("segments/<slug:key>/fixed/", making.segment_fixed, name="segment_fixed"),
    path("segments/<slug:key>/lists/", making.segment_take_list, name="segment_take_list"),
    path("segments/<slug:key>/lists/<int:pk>/refused/", making.list_refused, name="list_refused"),
    path("segments/<slug:key>/freeze-again/", making.segment_freeze_again, name="segment_freeze_again"),
    path("segments/<slug:key>/", segments.segment_detail, name="segment_detail"),
    path("segments/<slug:key>/edit/", segments.segment_edit, name="segment_edit"),
    path("segments/<slug:key>/why/", segment_why, name="segment_why"),
    path("segments/<slug:key>/compare/", segments.segment_compare, name="segment_compare"),
    path("segments/<slug:key>/run/", segments.segment_run, name="segment_run"),
    path("segments/<slug:key>/delete/", segments.segment_delete, name="segment_delete"),
    path("history/<slug:kind>/<slug:key>/", history.history_detail, name="history"),
    path("history/<slug:kind>/<slug:key>/difference/", history.history_difference, name="history_difference"),
    path("history/<slug:kind>/<slug:key>/moved/", history.history_moved, name="history_moved"),
    path("history/<slug:kind>/<slug:key>/download/", history.history_download, name="history_download"),
    path("history/<slug:kind>/<slug:key>/compute/", history.history_compute, name="history_compute"),
    path("customer-history/<int:pk>/", history.customer_history, name="customer_history"),
    path("health/", health.health, name="health"),
    path("lineage/", health.lineage_page, name="lineage"),
    path("timetable/<slug:kind>/<slug:key>/", routines.timetable, name="timetable"),
    path("timetable/<slug:kind>/<slug:key>/next/", routines.timetable_next, name="timetable_next"),
    path("reviews/", reviews.review_list, name="review_list"),
    path("reviews/<slug:kind>/<slug:key>/", reviews.review_detail, name="review_detail"),
    path("reviews/<slug:kind>/<slug:key>/impact/", reviews.review_impact, name="review_impact"),
    path("reviews/<slug:kind>/<slug:key>/approve/", reviews.review_approve, name="review_approve"),
    path("reviews/<slug:kind>/<slug:key>/send-back/", reviews.review_send_back, name="review_send_back"),
    path("reviews/<slug:kind>/<slug:key>/roll-back/<int:number>/", reviews.roll_back, name="roll_back"),
    path("recycle-bin/", reviews.bin_list, name="bin_list"),
    path("recycle-bin/<slug:kind>/<slug:key>/restore/", reviews.bin_restore, name="bin_restore"),
    path("recycle-bin/<slug:kind>/<slug:key>/purge/", reviews.bin_purge, name="bin_purge"),
    path("playbooks/", playbooks.playbook_list, name="playbook_list"),
    path("playbooks/<slug:key>/<slug:variant>/", playbooks.playbook_use, name="playbook_use"),
    path("audiences/", audiences.audience_list, name="audience_list"),
    path("new-audience/", audiences.audience_new, name="audience_new"),
    path("audience-preview/", audiences.audience_preview, name="audience_preview"),
    path("audiences/<slug:key>/", audiences.audience_detail, name="audience_detail"),
    path("audiences/<slug:key>/edit/", audiences.audience_edit, name="audience_edit"),
    path("audiences/<slug:key>/freeze/", audiences.audience_freeze, name="audience_freeze"),
    path("audiences/<slug:key>/reopen/", audiences.audience_reopen, name="audience_reopen"),
    path("audiences/<slug:key>/approve/", steps.audience_approve, name="audience_approve"),
    path("audiences/<slug:key>/send-back/", steps.audience_send_back, name="audience_send_back"),
    path("audiences/<slug:key>/delete/", steps.audience_delete, name="audience_delete"),
    path("audiences/<slug:key>/steps/<slug:step>/", steps.audience_step, name="audience_step"),
    path("contact-rules/", contact.contact_rules, name="contact_rules"),
    path("contact-rules/suppress/", contact.suppress, name="suppress"),
    path("contact-rules/policy/", contact.policy_save, name="policy_save"),
    path("contact-rules/<int:pk>/lift/", contact.suppression_lift, name="suppression_lift"),
    path("audiences/<slug:key>/export/", activation.audience_export, name="audience_export"),
    path("deliveries/", deliveries.delivery_list, name="delivery_list"),
    path("audiences/<slug:key>/deliver/<slug:destination>/", deliveries.delivery_new, name="delivery_new"),
    path("deliveries/<int:pk>/", deliveries.delivery_detail, name="delivery_detail"),
    path("deliveries/<int:pk>/send/", deliveries.delivery_send, name="delivery_send"),
    path("deliveries/<int:pk>/pause/", deliveries.delivery_pause, name="delivery_pause"),
    path("delivered/<int:pk>/outcomes/<slug:outcome>/", deliveries.delivery_outcome, name="delivery_outcome"),
    path("delivered/<int:pk>/download/", deliveries.delivery_download, name="delivery_download"),
    path("results/", results.result_list, name="result_list"),
    path("audiences/<slug:key>/results/", results.result_detail, name="result_detail"),
    path("audiences/<slug:key>/measure/", results.result_measure, name="result_measure"),
    path("audiences/<slug:key>/look/", results.result_look, name="result_look"),
    path("exports/<int:pk>/download/", export_download, name="export_download"),
    path("members/<slug:kind>/<slug:key>/", members, name="members"),
    path("members/<slug:kind>/<slug:key>/<path:value>/", members, name="members"),
    path("webhooks/", webhooks.webhook_list, name="webhook_list"),
    path("new-webhook/", webhooks.webhook_new, name="webhook_new"),
    path("webhooks/<uuid:pk>/", webhooks.webhook_detail, name="webhook_detail"),
    path("webhooks/<uuid:pk>/edit/", webhooks.webhook_edit, name="webhook_edit"),
    path("webhooks/<uuid:pk>/act/", webhooks.webhook_act, name="webhook_act"),
    path("webhooks/<uuid:pk>/again/", webhooks.message_again, name="message_again"),
    path("privacy/", privacy.erasure_list, name="erasure_list"),
    path("privacy/check-log/", privacy.log_check, name="log_check"),
    path("privacy/register/", register.register_page, name="register"),
    path("privacy/register/register.json", register.register_file, name="register_file"),
    path("privacy/register/<str:purpose>/", register.register_note, name="register_note"),
    path("privacy/retention/", retention.retention_page, name="retention"),
    path("privacy/retention/run/", retention.retention_run, name="retention_run"),
    path("privacy/retention/<slug:key>/", retention.retention_try, name="retention_try"),
    path("privacy/<int:key>/", privacy.erasure_detail, name="erasure_detail"),
    path("privacy/<int:key>/decide/", privacy.erasure_decide, name="erasure_decide"),
    path("customers/<int:pk>/erase/", privacy.erasure_new, name="erasure_new"),
    path("customers/<int:pk>/known/", privacy.customer_package, name="customer_package"),
    path("runs/", runs.run_list, name="run_list"),
    path("start-run/", runs.run_start, name="run_start"),
    path("runs/<uuid:pk>/", runs.run_detail, name="run_detail"),
    path("runs/<uuid:pk>/progress/", runs.run_progress, name="run_progress"),
    path("runs/<uuid:pk>/replay/", runs.run_replay, name="run_replay"),
    path("runs/<uuid:pk>/cancel/", runs.run_cancel, name="run_cancel"),
]
