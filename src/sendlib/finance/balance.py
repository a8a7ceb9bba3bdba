"""The balance of the dedicated schools grant, as it was stated."""

import pandas as pd

HAPPENED = ("outturn", "reported")


def balances(dsg_balance: pd.DataFrame, area_code: str) -> pd.DataFrame:
    """Every stated balance of one authority, and whether it happened or was foreseen.

    Parameters
    ----------
    dsg_balance : pd.DataFrame
        Table ``dsg_balance``; a deficit is negative.
    area_code : str
        The authority.

    Returns
    -------
    pd.DataFrame
        By date: ``balance_date``, ``item``, ``basis``, ``confidence``,
        ``closing_balance_gbp`` [£], ``happened`` (an outturn or a reported
        balance), ``source_id``. Empty where no balance is held.
    """
    mine = dsg_balance[dsg_balance["area_code"] == area_code].sort_values("balance_date")
    columns = ["balance_date", "item", "basis", "confidence", "closing_balance_gbp", "source_id"]
    return mine[columns].assign(happened=mine["basis"].isin(HAPPENED)).reset_index(drop=True)
