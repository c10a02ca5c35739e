"""Table of the policies of sites."""

from api.models.site_document import SiteDocumentRow


class PolicyRow(SiteDocumentRow):
    """One policy of a site; its document holds the differences from the built-in policy."""

    __tablename__ = "site_policies"
