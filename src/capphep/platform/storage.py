"""How static files are kept and named."""

from whitenoise.storage import (  # type: ignore[import-untyped]
    CompressedManifestStaticFilesStorage,
)


class StaticFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Hashed names inside ES modules too: `import "./x.js"` must find the hashed x.js."""

    support_js_module_import_aggregation = True
