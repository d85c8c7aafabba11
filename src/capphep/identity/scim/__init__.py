"""A client of the vendor's identity provider, by SCIM 2.0 (RFC 7643, RFC 7644)."""
