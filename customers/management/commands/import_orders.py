"""Imports a file of order lines: `import_file orders`."""

from argparse import ArgumentParser

from customers.imports import ORDERS
from customers.management.commands import import_file


class Command(import_file.Command):
    def add_arguments(self, parser: ArgumentParser) -> None:
        self.add_options(parser)
        parser.set_defaults(contents=ORDERS)
