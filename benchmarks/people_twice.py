"""Invented persons of whom some are there twice, written differently; who is who is known."""

import random
from collections.abc import Callable

from faker import Faker

from customers.duplicates.likeness import Record

Truth = set[tuple[int, int]]
# What people type for what they hear.
HOMOPHONES = {
    "伟": "玮",
    "娟": "鹃",
    "静": "婧",
    "丽": "莉",
    "芳": "方",
    "婷": "亭",
    "军": "君",
    "超": "朝",
    "波": "博",
}


def people(persons: int, *, twice: float = 0.2, seed: int = 7) -> tuple[list[Record], Truth]:
    """Records of Chinese and English persons in any order, and the pairs that are one person.

    Some share a home, an address of a family or a name with a stranger, which makes nobody one person.
    """
    chance = random.Random(seed)
    fakers = [Faker("zh_CN"), Faker("en_GB")]
    for faker in fakers:
        faker.seed_instance(seed)
    originals = [_person(fakers[number % 2], chance) for number in range(persons)]
    for first, second in zip(originals[::10], originals[2::10], strict=False):
        second["address"], second["city"] = first["address"], first["city"]  # a household
    for first, second in zip(originals[5::20], originals[7::20], strict=False):
        second["name"] = first["name"]  # namesakes
    rows = [(number, person) for number, person in enumerate(originals)]
    rows += [(number, _again(person, chance)) for number, person in rows if chance.random() < twice]
    chance.shuffle(rows)
    records = [Record(number, **person) for number, (_who, person) in enumerate(rows, 1)]
    seen: dict[int, int] = {}
    truth = set()
    for number, (who, _person_told) in enumerate(rows, 1):
        if who in seen:
            truth.add((seen[who], number))
        seen[who] = number
    return records, truth


def _person(faker: Faker, chance: random.Random) -> dict[str, str]:
    name = faker.name()
    return {
        "name": name,
        "email": f"{faker.user_name()}{chance.randrange(1000)}@{faker.free_email_domain()}",
        "phone": f"1{chance.randrange(3, 10)}{chance.randrange(10**9):09d}",
        "address": faker.address().replace("\n", ", "),
        "birthday": faker.date_of_birth(minimum_age=18, maximum_age=80).isoformat(),
        "city": faker.city(),
    }


def _again(person: dict[str, str], chance: random.Random) -> dict[str, str]:
    """The same person on another day: some fields left out, some written differently, some new."""
    told = dict(person)
    for field, change in CHANGES.items():
        dice = chance.random()
        if dice < 0.25:
            told[field] = ""
        elif dice < 0.5:
            told[field] = change(told[field], chance)
    return told


def _slip(text: str, chance: random.Random) -> str:
    """One character is wrong, missing, or swapped with its neighbour."""
    if len(text) < 3:
        return text
    place = chance.randrange(1, len(text) - 1)
    wrong = chance.choice([text[place + 1] + text[place], text[place] * 2, ""])
    return text[:place] + wrong + text[place + (2 if len(wrong) == 2 and wrong[0] != wrong[1] else 1) :]


def _name(text: str, chance: random.Random) -> str:
    if " " in text:
        first, _blank, last = text.rpartition(" ")
        return chance.choice([f"{last}, {first}", f"{first[0]}. {last}", _slip(text, chance)])
    return "".join(HOMOPHONES.get(letter, letter) for letter in text)


def _phone(text: str, chance: random.Random) -> str:
    place = chance.randrange(3, 11)
    return chance.choice([f"+86 {text}", text[:place] + str(chance.randrange(10)) + text[place + 1 :]])


def _email(text: str, chance: random.Random) -> str:
    mailbox, _at, domain = text.partition("@")
    return chance.choice([f"{mailbox}@example.org", f"{mailbox}+shop@{domain}", f"{_slip(mailbox, chance)}@{domain}"])


CHANGES: dict[str, Callable[[str, random.Random], str]] = {
    "name": _name,
    "email": _email,
    "phone": _phone,
    "address": _slip,
    "birthday": lambda text, chance: text[:-1] + str(chance.randrange(10)),
    "city": _slip,
}
