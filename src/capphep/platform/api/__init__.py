"""What the JSON API of every module is made of. See README.md, “The API”."""

from capphep.platform.api.etags import located, seen_version, tagged
from capphep.platform.api.inputs import Input, LocalDay, Patch, RecordId, merged, sent
from capphep.platform.api.paging import Page, PageQuery, page_of
from capphep.platform.api.pointers import pointing
from capphep.platform.api.principal import ApiRequest, Principal, Scope
from capphep.platform.api.problems import Problem, problem
from capphep.platform.api.routes import Routes

__all__ = [
    "ApiRequest",
    "Input",
    "LocalDay",
    "Page",
    "PageQuery",
    "Patch",
    "Principal",
    "Problem",
    "RecordId",
    "Routes",
    "Scope",
    "located",
    "merged",
    "page_of",
    "pointing",
    "problem",
    "seen_version",
    "sent",
    "tagged",
]
