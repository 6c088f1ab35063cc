"""The facts' tables."""

from customers.models.access_log import AccessLog
from customers.models.api_key import ApiKey
from customers.models.catalogue import EventType, Property, Trait, ValueType
from customers.models.consent import Channel, Consent
from customers.models.customer import Customer, PersonalRecord
from customers.models.duplicate import Duplicate, DuplicateSearch
from customers.models.event import Event
from customers.models.identity import Identity, IdentityLink, MergeLog, ToldTraits
from customers.models.import_batch import ImportBatch, ImportReject
from customers.models.privacy import ErasedName, Erasure, KeptKey
from customers.models.product import Product
from customers.models.source import IntakeMinute, QuarantinedMessage, Source
from customers.models.touched import FreshMinute, Touched

__all__ = [
    "AccessLog",
    "ApiKey",
    "Channel",
    "Consent",
    "Customer",
    "Duplicate",
    "DuplicateSearch",
    "ErasedName",
    "Erasure",
    "Event",
    "EventType",
    "FreshMinute",
    "Identity",
    "IdentityLink",
    "ImportBatch",
    "ImportReject",
    "IntakeMinute",
    "KeptKey",
    "MergeLog",
    "PersonalRecord",
    "Product",
    "Property",
    "QuarantinedMessage",
    "Source",
    "ToldTraits",
    "Touched",
    "Trait",
    "ValueType",
]
