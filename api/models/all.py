"""Every table, for a process that does not happen to use them all: foreign keys must find theirs."""

from importlib import import_module
from pkgutil import iter_modules

import api.models

for module in iter_modules(api.models.__path__):
    import_module(f"api.models.{module.name}")
