"""What of SCIM we understand: the attributes that become facts of the roster, and no more.

What else a provider sends is left out, as RFC 7643 allows: the register stays minimal.
"""

from __future__ import annotations

from functools import cache
from typing import Annotated

from pydantic import Field
from scim2_models import (
    URN,
    AuthenticationScheme,
    Bulk,
    CaseExact,
    ChangePassword,
    ComplexAttribute,
    ETag,
    Extension,
    Filter,
    Patch,
    Required,
    Resource,
    ResourceType,
    ScimPolicy,
    ScimProvider,
    ServiceProviderConfig,
    Sort,
    Uniqueness,
)
from scim2_models.resources.resource import AnyExtension
from scim2_models.resources.user import Email

from outreach.definitions.fields import FIELDS

#: People on a page at most.
PAGE = 200
#: A day, as examples in the schema show it.
_DAYS = ["2026-12-01"]


class Name(ComplexAttribute):
    """What somebody is called."""

    given_name: str | None = None
    family_name: str | None = None


class User(Resource[AnyExtension]):
    """A person, as an identity provider knows them."""

    __schema__ = URN("urn:ietf:params:scim:schemas:core:2.0:User")

    user_name: Annotated[str | None, Uniqueness.server, Required.true] = None
    name: Name | None = None
    preferred_language: str | None = Field(None, examples=["nl", "fr", "en", "de"])
    active: bool | None = None
    emails: list[Email] | None = None


class Enterprise(Extension):
    """Where somebody works; the names of RFC 7643, 4.3."""

    __schema__ = URN("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User")

    employee_number: Annotated[str | None, CaseExact.true] = None
    department: str | None = None
    organization: str | None = None


class Employment(Extension):
    """What campaigns begin on, in the words of the roster."""

    __schema__ = URN("urn:outreach:params:scim:schemas:extension:employment:1.0:User")

    status: str | None = Field(None, examples=list(FIELDS["status"].choices))
    hired_on: str | None = Field(None, examples=_DAYS)
    retired_on: str | None = Field(None, examples=_DAYS)
    contract: str | None = Field(None, examples=list(FIELDS["contract"].choices))
    contract_ends_on: str | None = Field(None, examples=_DAYS)


Person = User[Enterprise | Employment]

#: How far a provider may be from the specification: as far as Microsoft Entra is.
POLICY = ScimPolicy(
    unknown=ScimPolicy.Unknown.ignore,
    remove_value_as_filter=ScimPolicy.RemoveValue.apply,
    unmatched_path_filter=ScimPolicy.UnmatchedPathFilter.create,
)


@cache
def provider() -> ScimProvider:
    """The description of the door."""
    return ScimProvider(
        models=[User, Enterprise, Employment],
        resource_types=[ResourceType.from_resource(Person)],
        config=ServiceProviderConfig(
            patch=Patch(supported=True),
            bulk=Bulk(supported=False, max_operations=0, max_payload_size=0),
            filter=Filter(supported=True, max_results=PAGE),
            change_password=ChangePassword(supported=False),
            sort=Sort(supported=False),
            etag=ETag(supported=True),
            authentication_schemes=[
                AuthenticationScheme(
                    type=AuthenticationScheme.Type.oauthbearertoken, name="token", description="outreach token make"
                )
            ],
        ),
        policy=POLICY,
    )
