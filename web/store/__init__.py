"""
Everything that must survive the end of the process, behind one class.

    from web.store import Store
    store = Store.open("sqlite:////home/me/muwazi.db")

It takes and gives the types of :mod:`web.records`, and raises those of
:mod:`web.errors`; nobody else speaks to the database.
"""

from web.store.store import Store

__all__ = ["Store"]
