"""Who does something: whom services are told, and whom rows can point to."""

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser, User

# What a request's user may be; None is SegTag itself.
Person = AbstractBaseUser | AnonymousUser | None


def user_of(person: Person) -> User | None:
    """The user, if it is one that a row can point to."""
    return person if isinstance(person, User) else None
