"""References are hashed as they are read, with a salt that stays on this machine."""

import hashlib
import hmac
import os
import secrets

import pandas as pd

from sendlib.errors import Problem, ProjectError
from sendlib.project import Project

SALT_BYTES = 32
SHORTEST_SALT = 16


def local_salt(project: Project) -> bytes:
    """The salt of this copy of the project, made on first use.

    It lies in ``data/private/salt``, which git ignores and only its owner may
    read. Hashes of another machine do not match, which is the point.
    """
    path = project.private / "salt"
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return _kept(path.read_bytes())
    with os.fdopen(handle, "wb") as target:
        salt = secrets.token_bytes(SALT_BYTES)
        target.write(salt)
    return salt


def _kept(salt: bytes) -> bytes:
    if len(salt) < SHORTEST_SALT:
        problem = Problem(
            "the salt is too short", "data/private/salt", "delete it; a new one is made"
        )
        raise ProjectError("References cannot be hashed.", [problem])
    return salt


def hashed(references: pd.Series, salt: bytes) -> pd.Series:
    """HMAC-SHA256 of each reference, in hexadecimal; an empty one stays empty.

    Spaces around a reference, its case and a ``.0`` that a spreadsheet added
    make no difference.

    Examples
    --------
    >>> a, b = hashed(pd.Series(["ab1 ", "AB1"]), b"an invented salt")
    >>> a == b, len(a)
    (True, 64)
    """
    plain = references.str.strip().str.upper().str.replace(r"^(\d+)\.0$", r"\1", regex=True)
    digests = {
        text: hmac.digest(salt, text.encode(), hashlib.sha256).hex() if text else ""
        for text in plain.unique()
    }
    return plain.map(digests)
