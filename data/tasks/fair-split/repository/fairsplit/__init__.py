"""Splits bills among people. Amounts are whole cents."""

from fairsplit.settle import settle
from fairsplit.split import split

__all__ = ["settle", "split"]
