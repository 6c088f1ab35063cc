"""Invents who the demo's households are: names, e-mails, phones, addresses and consents. None is a real person's."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from faker import Faker

from customers.models import Channel

SEED = 84_51
# Every third household writes its name in English.
_LANGUAGES = (Faker("zh_CN"), Faker("zh_CN"), Faker("en_US"))
# How likely a household allows a channel, and, having allowed it, takes that back.
_GRANTED = {Channel.EMAIL: 0.72, Channel.SMS: 0.55, Channel.PUSH: 0.40, Channel.POST: 0.30}
_WITHDRAWN = 0.08


@dataclass(frozen=True)
class Person:
    """An invented person."""

    name: str
    email: str
    phone: str
    address: str


@dataclass(frozen=True)
class Answer:
    """An invented answer to the question for consent."""

    channel: Channel
    granted: bool
    at: datetime


def person(household: int) -> Person:
    """Who this household is; the same on each call."""
    fake = _LANGUAGES[household % len(_LANGUAGES)]
    fake.seed_instance(SEED * 10_000 + household)
    return Person(
        name=fake.name(),
        email=f"{fake.user_name()}.{household}@example.com",
        phone=fake.phone_number() if fake.locales == ["zh_CN"] else fake.numerify("+1 555 ### ####"),
        address=fake.address().replace("\n", ", "),
    )


def answers(household: int, *, first_seen: datetime, until: datetime) -> list[Answer]:
    """What this household answered, in order of time; not every household was asked for every channel."""
    chance = Random(SEED * 10_000 + household)  # noqa: S311 (an invention, not a secret)
    given: list[Answer] = []
    for channel, likely in _GRANTED.items():
        drawn, withdrawn, share = chance.random(), chance.random(), chance.random()
        if drawn < likely:
            given.append(Answer(channel, True, first_seen))
            if withdrawn < _WITHDRAWN:
                given.append(Answer(channel, False, first_seen + (until - first_seen) * share))
        elif withdrawn < 0.5:
            given.append(Answer(channel, False, first_seen + timedelta(minutes=1)))
    return given
