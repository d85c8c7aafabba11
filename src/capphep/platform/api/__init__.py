"""What the JSON API of every module is made of. See README.md, “The API”."""

from capphep.platform.api.etags import seen_version, tagged
from capphep.platform.api.paging import Page, PageQuery, page_of
from capphep.platform.api.principal import ApiRequest, Principal, Scope
from capphep.platform.api.problems import Problem
from capphep.platform.api.routes import Routes

__all__ = [
    "ApiRequest",
    "Page",
    "PageQuery",
    "Principal",
    "Problem",
    "Routes",
    "Scope",
    "page_of",
    "seen_version",
    "tagged",
]
