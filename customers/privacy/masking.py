"""How identifiers look to those who may not see them: enough to recognise, not enough to use."""

import re

HIDDEN = "***"
_CHINESE = re.compile(r"[\u3400-\u9fff]")
_REGION = re.compile(r"^.{2,8}?(?:省|自治区|特别行政区|市)")


def mask_name(name: str) -> str:
    """
    >>> mask_name("张三丰"), mask_name("Ada Lovelace")
    ('张**', 'A*** L***')
    """
    if _CHINESE.search(name):
        return name[0] + "*" * max(1, len(name) - 1)
    return " ".join(word[0] + HIDDEN for word in name.split())


def mask_email(email: str) -> str:
    """
    >>> mask_email("ada@example.com")
    'a***@example.com'
    """
    local, at, domain = email.rpartition("@")
    return f"{local[:1]}{HIDDEN}{at}{domain}" if at else mask_text(email)


def mask_phone(phone: str) -> str:
    """Four digits in the middle are hidden, all of a short number.

    >>> mask_phone("138 0013 8000"), mask_phone("+86 13800138000"), mask_phone("12345")
    ('138****8000', '138****8000', '****')
    """
    if not phone:
        return ""
    digits = re.sub(r"\D", "", phone)
    if len(digits) == 13 and digits.startswith("86"):
        digits = digits[2:]
    return f"{digits[:-8]}****{digits[-4:]}" if len(digits) >= 10 else "****"


def mask_address(address: str) -> str:
    """The province or city of a Chinese address, the last part of another without its numbers.

    >>> mask_address("浙江省杭州市西湖区1号"), mask_address("1 Main St, Springfield, IL 62701")
    ('浙江省***', '***, IL')
    """
    if region := _REGION.match(address):
        return region[0] + HIDDEN
    _, comma, last = address.rpartition(",")
    place = re.sub(r"[\d-]+", "", last).strip()
    return f"{HIDDEN}, {place}" if comma else mask_text(address)


def mask_text(text: str) -> str:
    """Anything else: its first character."""
    return text[:1] + HIDDEN if text else ""
