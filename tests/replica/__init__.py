"""A replica on loopback of the services that data are refreshed from, for tests and demonstration.

It answers as version 1 of the Explore education statistics API does, as its data catalogue does,
and as gov.uk and the ONS do when they are asked for a named file. Faults come on demand.
"""

from .catalogue import Catalogue, DataSet, Version, identify
from .server import Replica

__all__ = ["Catalogue", "DataSet", "Replica", "Version", "identify"]
