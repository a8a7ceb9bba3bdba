"""See, forecast and pay for special educational needs and disabilities (SEND).

A notebook takes four steps, each of them a module to complete with the Tab key:

- ``from sendlib.authority import Authority``: open an authority, load its tables;
- ``indicators``: rates and shares of a table, an area a row;
- ``compare``: an authority beside its neighbours, and whether a gap is more than chance;
- ``present``: charts, tables and, in ``present.words``, sentences.

``forecast``, ``cohort`` and ``finance`` look ahead under a scenario of
``scenarios``. A question mark after a name, as in ``compare.to_peers?``, says
what it takes and gives.
"""

__version__ = "0.1.0"
