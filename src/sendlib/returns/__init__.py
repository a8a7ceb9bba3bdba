"""Returns to the department: workbooks whose whole numbers add up, within and between tables."""

from sendlib.returns.workbook import make_return, save_return

__all__ = ["make_return", "save_return"]
