from tests.imports.books import imported

__all__ = ["imported"]
