"""What a pack is about and stands on: what every page of it, and its record, has to say."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

import sendlib
from sendlib.clock import in_words, now
from sendlib.packs.kernels.limits import Limits
from sendlib.packs.notebooks import Notebook
from sendlib.packs.program import Commit

Kind = tuple[str, str, str]
"""What makes two runs comparable: board (or an empty text), authority and scenario."""

_LIMITS = Limits()


@dataclass(frozen=True)
class DataFile:
    """One file that the figures come from.

    Parameters
    ----------
    path : str
        Path inside the project.
    sha256 : str
        Hash of its bytes.
    title : str
        The publication.
    published : str
        When it was published, as it should be read.
    """

    path: str
    sha256: str
    title: str
    published: str = ""


@dataclass(frozen=True)
class Assurance:
    """Who stands behind a pack; whoever is not named is an empty text.

    Parameters
    ----------
    analyst : str
        Who made it.
    assurer : str
        Who checked it.
    approver : str
        Who let it go out.
    """

    analyst: str = ""
    assurer: str = ""
    approver: str = ""


@dataclass(frozen=True)
class PackTitle:
    """What a pack is about.

    Parameters
    ----------
    authority : str
        Name of the authority, as it should be read.
    as_of : str
        The date that the figures stand for, as it should be read.
    la_code : str
        Its three-digit DfE code.
    scenario : str
        Short name of the scenario: letters, digits, ``-`` and ``_``.
    contact : str, optional
        Whom to ask for another format: a name, a telephone number, an address.
    """

    authority: str
    as_of: str
    la_code: str
    scenario: str = "baseline"
    contact: str | None = None

    def __str__(self) -> str:
        return f"{self.authority} SEND briefing".strip()


@dataclass(frozen=True)
class Setting:
    """What all pages of a pack share, and its record says.

    Parameters
    ----------
    title : PackTitle
        What the pack is about.
    notebooks : tuple[Notebook, ...]
        Its pages, in order.
    inputs : tuple[DataFile, ...]
        Every file that the figures come from.
    scenario : Mapping or None
        ``name``, ``question`` and ``changes``, a list of mappings with
        ``lever``, ``old``, ``new`` and ``why``; only values that JSON knows.
    notice : str
        What stands at the top of every page, such as that the data are stale.
    assurance : Assurance or None
        Who stands behind the pack.
    limits : Limits
        What every notebook has to keep to.
    board : Mapping or None
        ``name`` and ``sha256`` of the board's file.
    started : datetime
        When the run began, in UTC.
    version : str
        The version of sendlib.
    commit : Commit or None
        The state of the code.
    """

    title: PackTitle
    notebooks: tuple[Notebook, ...]
    inputs: tuple[DataFile, ...]
    scenario: Mapping[str, object] | None = None
    notice: str = ""
    assurance: Assurance | None = None
    limits: Limits = _LIMITS
    board: Mapping[str, object] | None = None
    started: datetime = field(default_factory=now)
    version: str = sendlib.__version__
    commit: Commit | None = None

    @property
    def made(self) -> str:
        """When the run began, as it should be read."""
        return in_words(self.started)

    @property
    def kind(self) -> Kind:
        """What makes its run comparable with others."""
        board = str(self.board["name"]) if self.board else ""
        return board, self.title.la_code, self.title.scenario
