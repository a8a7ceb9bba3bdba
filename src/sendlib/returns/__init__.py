"""Returns to the department: workbooks whose whole numbers add up, within and between tables."""

from sendlib.returns.workbook import TABLES, Return, file_name, make_return, save_return

__all__ = ["TABLES", "Return", "file_name", "make_return", "save_return"]
