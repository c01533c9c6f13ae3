"""The form of a message's front matter."""

from __future__ import annotations

from pydantic import Field

from outreach.definitions.forms.kinds import Form, Id, Line


class FrontMatterForm(Form):
    """What stands between the two lines of hyphens at the top of `templates/<message>/<language>.md`."""

    subject: Line = Field(description="Subject; may hold variables.")
    preheader: Line = Field(description="The line that a mail program shows after the subject; may hold variables.")
    layout: Id = Field("letter", description="Layout: a file in `templates/layouts/`.")
