"""Routes of the API for facts."""

from django.urls import path

from customers.api import CustomerDetail, CustomerList
from customers.api_writing import ConsentWriting, EventWriting, MergeWriting, ProductWriting, SeparateWriting

urlpatterns = [
    path("customers", CustomerList.as_view()),
    path("customers/<int:id>", CustomerDetail.as_view()),
    path("customers/<int:id>/consents", ConsentWriting.as_view()),
    path("customers/<int:id>/merge", MergeWriting.as_view()),
    path("customers/<int:id>/separate", SeparateWriting.as_view()),
    path("events", EventWriting.as_view()),
    path("products", ProductWriting.as_view()),
]
