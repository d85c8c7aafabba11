"""How static files are kept and named."""

from whitenoise.storage import (  # type: ignore[import-untyped]
    CompressedManifestStaticFilesStorage as Base,
)


class StaticFiles(Base):  # type: ignore[misc]
    """Hashed names inside our ES modules too: `import "./x.js"` must find the hashed x.js.

    Django can do this for every *.js, but other packages ship scripts whose imports lead
    nowhere.
    """

    patterns = (
        *Base.patterns,
        ("js/*.js", Base._js_module_import_aggregation_patterns[1]),
        ("crm/*.js", Base._js_module_import_aggregation_patterns[1]),
    )
