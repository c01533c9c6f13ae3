"""SCIM 2.0: an identity provider looks after people, and their roster rows and events follow."""
