"""E-mail through the shop's own mail service, by SMTP: one message to each customer."""

import re
import smtplib
from collections.abc import Mapping, Sequence
from email.message import EmailMessage
from urllib.parse import parse_qs, unquote, urlsplit

from segmentation.activation.destinations.base import Batched, NotTaken, Parcel, Setting
from segmentation.safe_csv import LIST_SEPARATOR, Cell

# Seconds that one step of the talk with the mail server may take.
PATIENCE = 20
PLACE = re.compile(r"\{\{\s*([\w:.-]+)\s*\}\}")
ADDRESS = "plain:email"


class Email(Batched):
    """Fills the template for each customer; {{column}} stands for a value. Nobody is told of a removal.

    A message that is sent again, because its worker died before it noted it, has the same Message-ID.
    """

    name_zh, name_en = "电子邮件（SMTP）", "E-mail (SMTP)"
    settings = (
        Setting("subject", "主题", "Subject"),
        Setting("body", "正文", "Text", "{{列名}} 会替换为该客户的值", "{{column}} stands for the value", is_long=True),
    )
    needs = (ADDRESS,)
    parcel_size = 50

    def send(self, parcel: Parcel) -> Mapping[int, str]:
        refused: dict[int, str] = {}
        try:
            with _server(parcel.settings["smtp"]) as server:
                for id, change, cells in parcel.rows:
                    if change == "added" and (why := self._send(server, parcel, id, cells)):
                        refused[id] = why
        except (smtplib.SMTPAuthenticationError, smtplib.SMTPSenderRefused, ValueError) as error:
            raise NotTaken(str(error), again=False) from None
        except (smtplib.SMTPException, OSError) as error:
            raise NotTaken(f"{type(error).__name__}: {error}", again=True) from None
        return refused

    def _send(self, server: smtplib.SMTP, parcel: Parcel, id: int, cells: Sequence[Cell]) -> str:
        values = dict(zip(parcel.header, map(_text, cells), strict=True))
        to = values.get(ADDRESS, "")
        if not to or any(character in to for character in "\r\n,"):
            return "no_address"
        message = EmailMessage()
        message["From"], message["To"] = parcel.settings["from"], to
        message["Subject"] = " ".join(_filled(parcel.settings["subject"], values).split())
        message["Message-ID"] = f"<{parcel.delivery}.{id}@{parcel.settings['from'].rpartition('@')[2].strip('>')}>"
        message.set_content(_filled(parcel.settings["body"], values))
        try:
            server.send_message(message)
        except smtplib.SMTPRecipientsRefused:
            return "refused"
        return ""


def _server(address: str) -> smtplib.SMTP:
    """A talk with smtp://user:password@host:port, with ?tls=start in it encrypted; smtps:// from the start."""
    parts = urlsplit(address)
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        raise ValueError("SEGTAG_SMTP")
    kind = smtplib.SMTP_SSL if parts.scheme == "smtps" else smtplib.SMTP
    server = kind(parts.hostname, parts.port or 0, timeout=PATIENCE)
    if parse_qs(parts.query).get("tls") == ["start"]:
        server.starttls()
    if parts.username:
        server.login(unquote(parts.username), unquote(parts.password or ""))
    return server


def _filled(template: str, values: Mapping[str, str]) -> str:
    return PLACE.sub(lambda found: values.get(found[1], ""), template)


def _text(cell: Cell) -> str:
    return LIST_SEPARATOR.join(cell) if isinstance(cell, list | tuple) else "" if cell is None else str(cell)
