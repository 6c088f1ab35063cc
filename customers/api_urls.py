"""Routes of the API for facts."""

from django.urls import path

from customers.api import CustomerDetail, CustomerList

urlpatterns = [
    path("customers", CustomerList.as_view()),
    path("customers/<int:id>", CustomerDetail.as_view()),
]
