"""Where a database or a Spark is: its address, cut into parts. The password in it is shown nowhere."""

from __future__ import annotations

import os
import re
from dataclasses import field
from typing import Literal
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

from coterie import errors
from coterie.doors import frozen

Server = Literal["postgres", "mysql", "sqlite", "spark"]
SCHEMES: dict[str, Server] = {
    "postgresql": "postgres",
    "postgres": "postgres",
    "sqlite": "sqlite",
    "mysql": "mysql",
    "mariadb": "mysql",
    "sc": "spark",
}
EXAMPLES = {
    "postgres": "postgresql://user@host:5432/database",
    "mysql": "mysql://user@host:3306/database",
    "sqlite": "sqlite:///folder/file.db",
    "spark": "sc://host:15002",
}
PORTS = {"postgres": ("PGHOST", "PGPORT", "5432"), "mysql": ("MYSQL_HOST", "MYSQL_TCP_PORT", "3306")}
CONNECT_PORT = 15002
BEGINS = re.compile(rf"({'|'.join(SCHEMES)})://", re.IGNORECASE)
HERE = re.compile(r"local\[(\*|[1-9]\d{0,3})\]")  # a Spark in this machine, with so many threads
SECRETS, TOKENS = ("password", "sslpassword"), ("token",)


@frozen
class Address:
    """The address of a database.

    ``shown`` is the whole of it without a password, ``place`` its host and port, or a file's name; ``given`` is what a
    driver gets.
    """

    server: Server
    shown: str
    place: str
    database: str
    given: str = field(repr=False)
    secrets: tuple[str, ...] = field(default=(), repr=False)

    @classmethod
    def of(cls, text: str) -> Address | None:
        """Return the address that a text is; None: it is a file's name, or another kind of address.

        Raises
        ------
        InputError : it begins as one of a database, and is none.

        >>> found = Address.of("postgresql://ann:secret@db.example/shop")
        >>> found.shown, found.place, found.database
        ('postgresql://ann@db.example/shop', 'db.example:5432', 'shop')
        """
        if HERE.fullmatch(text):
            return cls("spark", text, text, "", text)
        begins = BEGINS.match(text)
        if begins is None:
            return None
        server = SCHEMES[begins[1].lower()]
        given = f"{begins[1].lower()}://{text[begins.end() :]}"
        if server == "sqlite":
            return cls._of_file(text, text[begins.end() :])
        if server == "spark":
            return cls._of_connect(given, text[begins.end() :])
        try:
            parts = urlsplit(given)
            parts.port  # noqa: B018 - it looks whether the port is a number
        except ValueError as error:
            raise errors.bad_address("it cannot be parsed", EXAMPLES[server]) from error
        login, at, place = parts.netloc.rpartition("@")
        user, _, password = login.partition(":")
        options = parse_qsl(parts.query, keep_blank_values=True)
        secrets = tuple(unquote(v) for v in (password, *(v for k, v in options if k in SECRETS)) if v)
        bare = urlencode([(k, v) for k, v in options if k not in SECRETS], quote_via=quote)
        end = f"?{bare}" if bare else ""
        shown = f"{parts.scheme}://{user}{at if user else ''}{place}{parts.path}{end}"
        return cls(server, shown, _place(server, place, dict(options)), unquote(parts.path.strip("/")), given, secrets)

    @classmethod
    def _of_file(cls, text: str, path: str) -> Address:
        """Return the address of a file: behind three slashes, or four where its path begins at the root."""
        name = path.rpartition("/")[2]
        if not path.startswith("/") or not name:
            raise errors.bad_address("no file is named behind sqlite:///", EXAMPLES["sqlite"])
        return cls("sqlite", text, name, name, path[1:])

    @classmethod
    def _of_connect(cls, given: str, rest: str) -> Address:
        """Return the address of a Spark Connect server; what follows ``/;`` are its parameters, a token among them."""
        place, _, parameters = rest.partition("/")
        host, colon, port = place.partition(":")
        if not host or (colon and not port.isdigit()):
            raise errors.bad_address("no host and port stand behind sc://", EXAMPLES["spark"])
        pairs = [pair.partition("=") for pair in parameters.lstrip(";").split(";") if pair]
        secrets = tuple(unquote(value) for key, _, value in pairs if key in TOKENS and value)
        bare = ";".join(f"{key}={value}" for key, _, value in pairs if key not in TOKENS)
        shown = f"sc://{place}{'/;' if bare else ''}{bare}"
        return cls("spark", shown, f"{host}:{port or CONNECT_PORT}", "", given, secrets)

    @property
    def written_secrets(self) -> tuple[str, ...]:
        """The passwords, as they are and as an address writes them; the longest first."""
        written = {form for secret in self.secrets for form in (secret, quote(secret, safe=""))}
        return tuple(sorted(written, key=len, reverse=True))

    def without_secrets(self, text: str) -> str:
        """Return a text, such as a driver's, without the password in it."""
        for secret in self.written_secrets:
            text = text.replace(secret, "…")
        return text


def _place(server: Server, place: str, options: dict[str, str]) -> str:
    """Return host and port, those that a driver takes where the address names none."""
    host_variable, port_variable, usual = PORTS[server]
    host, colon, port = place.rpartition(":") if not place.endswith("]") else (place, "", "")
    if not colon:
        host, port = place, ""
    host = host or options.get("host") or os.environ.get(host_variable) or "localhost"
    return f"{unquote(host)}:{port or options.get('port') or os.environ.get(port_variable) or usual}"
