"""Routes of the API for facts."""

from django.urls import path

from customers.api import CustomerDetail, CustomerList
from customers.api_imports import ImportDetail, ImportList, ImportLook, ImportRefused
from customers.api_reading import CustomerEvents, ProductDetail, ProductList
from customers.api_writing import ConsentWriting, EventWriting, MergeWriting, SeparateWriting

urlpatterns = [
    path("customers", CustomerList.as_view()),
    path("customers/<int:id>", CustomerDetail.as_view()),
    path("customers/<int:id>/consents", ConsentWriting.as_view()),
    path("customers/<int:id>/merge", MergeWriting.as_view()),
    path("customers/<int:id>/separate", SeparateWriting.as_view()),
    path("events", EventWriting.as_view()),
    path("customers/<int:id>/events", CustomerEvents.as_view()),
    path("products", ProductList.as_view()),
    path("products/<str:sku>", ProductDetail.as_view()),
    path("imports", ImportList.as_view()),
    path("imports/look", ImportLook.as_view()),
    path("imports/<int:id>", ImportDetail.as_view()),
    path("imports/<int:id>/refused", ImportRefused.as_view()),
]
