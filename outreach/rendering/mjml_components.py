"""The components of MJML 4 and their attributes: one visible table, by which layouts are judged.

After the documentation of MJML 4.15 (documentation.mjml.io), components with their allowed attributes and parents.
"""

from __future__ import annotations

_PADDINGS = frozenset({"padding", "padding-top", "padding-bottom", "padding-left", "padding-right"})
_INNER_PADDINGS = frozenset(
    {"inner-padding", "inner-padding-top", "inner-padding-bottom", "inner-padding-left", "inner-padding-right"}
)
_BORDERS = frozenset({"border", "border-top", "border-bottom", "border-left", "border-right"})
_INNER_BORDERS = frozenset(f"inner-{name}" for name in (*_BORDERS, "border-radius"))
_TYPE = frozenset({"color", "font-family", "font-size", "font-style", "font-weight", "line-height", "letter-spacing"})
_BACKGROUNDS = frozenset(
    {
        "background-color", "background-url", "background-repeat", "background-size", "background-position",
        "background-position-x", "background-position-y",
    }
)  # fmt: skip
_CONTAINER = frozenset({"container-background-color"}) | _PADDINGS
_LINK = frozenset({"href", "rel", "target", "title"})
_ICONS = frozenset(
    {
        "icon-align", "icon-height", "icon-padding", "icon-position", "icon-size", "icon-width", "icon-wrapped-alt",
        "icon-wrapped-url", "icon-unwrapped-alt", "icon-unwrapped-url",
    }
)  # fmt: skip
#: Every component of the body takes these.
COMMON = frozenset({"css-class", "mj-class"})

#: Component -> its attributes, beside `COMMON`.
ATTRIBUTES: dict[str, frozenset[str]] = {
    "mjml": frozenset({"owa", "lang", "dir"}),
    # The head.
    "mj-head": frozenset(),
    "mj-attributes": frozenset(),
    "mj-breakpoint": frozenset({"width"}),
    "mj-font": frozenset({"name", "href"}),
    "mj-html-attributes": frozenset(),
    "mj-selector": frozenset({"path"}),
    "mj-html-attribute": frozenset({"name"}),
    "mj-include": frozenset({"path", "type", "css-inline"}),
    "mj-preview": frozenset(),
    "mj-style": frozenset({"inline"}),
    "mj-title": frozenset(),
    # The body.
    "mj-body": frozenset({"width", "background-color", "id"}),
    "mj-wrapper": _PADDINGS | _BORDERS | _BACKGROUNDS
    | {"border-radius", "direction", "full-width", "text-align", "text-padding", "gap"},
    "mj-section": _PADDINGS | _BORDERS | _BACKGROUNDS
    | {"border-radius", "direction", "full-width", "text-align", "text-padding"},
    "mj-group": frozenset({"background-color", "direction", "vertical-align", "width"}),
    "mj-column": _PADDINGS | _BORDERS | _INNER_BORDERS
    | {"background-color", "inner-background-color", "border-radius", "direction", "vertical-align", "width"},
    "mj-hero": _PADDINGS | _INNER_PADDINGS
    | {
        "background-color", "background-height", "background-position", "background-url", "background-width",
        "border-radius", "container-background-color", "height", "inner-background-color", "mode", "vertical-align",
        "width", "align",
    },
    "mj-raw": frozenset({"position"}),
    "mj-text": _CONTAINER | _TYPE
    | {"align", "background-color", "height", "text-decoration", "text-transform", "vertical-align"},
    "mj-button": _CONTAINER | _BORDERS | _TYPE | _LINK
    | {
        "align", "background-color", "border-radius", "height", "inner-padding", "name", "text-align",
        "text-decoration", "text-transform", "vertical-align", "width",
    },
    "mj-image": _CONTAINER | _BORDERS | _LINK
    | {
        "align", "alt", "border-radius", "fluid-on-mobile", "font-size", "height", "max-height", "name", "sizes", "src",
        "srcset", "usemap", "width",
    },
    "mj-divider": _CONTAINER | {"align", "border-color", "border-style", "border-width", "width"},
    "mj-spacer": _CONTAINER | _BORDERS | {"height", "vertical-align", "width"},
    "mj-table": _CONTAINER
    | {
        "align", "border", "cellpadding", "cellspacing", "color", "font-family", "font-size", "font-weight",
        "line-height", "role", "table-layout", "vertical-align", "width",
    },
    "mj-social": _CONTAINER | _INNER_PADDINGS | _TYPE
    | {
        "align", "border-radius", "icon-height", "icon-padding", "icon-size", "mode", "table-layout", "text-decoration",
        "text-padding", "vertical-align",
    },
    "mj-social-element": _PADDINGS | _TYPE | _LINK
    | {
        "align", "alt", "background-color", "border-radius", "icon-height", "icon-padding", "icon-position",
        "icon-size", "name", "sizes", "src", "srcset", "text-decoration", "text-padding", "vertical-align",
    },
    "mj-navbar": _PADDINGS
    | {
        "align", "base-url", "hamburger", "ico-align", "ico-close", "ico-color", "ico-font-family", "ico-font-size",
        "ico-line-height", "ico-open", "ico-padding", "ico-padding-bottom", "ico-padding-left", "ico-padding-right",
        "ico-padding-top", "ico-text-decoration", "ico-text-transform",
    },
    "mj-navbar-link": _PADDINGS | _TYPE | _LINK | {"name", "text-decoration", "text-transform"},
    "mj-accordion": _CONTAINER | _ICONS | {"border", "font-family"},
    "mj-accordion-element": _ICONS | {"background-color", "border", "font-family"},
    "mj-accordion-title": _PADDINGS | {"background-color", "color", "font-family", "font-size", "font-weight"},
    "mj-accordion-text": _PADDINGS | _TYPE | {"background-color"},
    "mj-carousel": _PADDINGS
    | {
        "align", "border-radius", "container-background-color", "icon-width", "left-icon", "right-icon", "tb-border",
        "tb-border-radius", "tb-hover-border-color", "tb-selected-border-color", "tb-width", "thumbnails",
    },
    "mj-carousel-image": _LINK | _PADDINGS
    | {"alt", "border-radius", "src", "tb-border", "tb-border-radius", "thumbnails-src"},
}  # fmt: skip

#: Components whose content is HTML or text of the author's own.
ENDING = frozenset(
    {
        "mj-text", "mj-button", "mj-raw", "mj-table", "mj-accordion-title", "mj-accordion-text", "mj-navbar-link",
        "mj-social-element", "mj-title", "mj-preview", "mj-style", "mj-html-attribute",
    }
)  # fmt: skip
_CONTENT = frozenset(
    {"mj-text", "mj-button", "mj-image", "mj-divider", "mj-spacer", "mj-table", "mj-social", "mj-navbar",
     "mj-accordion", "mj-carousel", "mj-raw", "mj-include"}
)  # fmt: skip
#: Component -> the components that may stand in it; one that is not here holds none.
CHILDREN: dict[str, frozenset[str]] = {
    "mjml": frozenset({"mj-head", "mj-body", "mj-raw", "mj-include"}),
    "mj-head": frozenset(
        {"mj-attributes", "mj-breakpoint", "mj-font", "mj-html-attributes", "mj-include", "mj-preview", "mj-raw",
         "mj-style", "mj-title"}
    ),
    "mj-html-attributes": frozenset({"mj-selector"}),
    "mj-selector": frozenset({"mj-html-attribute"}),
    "mj-body": frozenset({"mj-section", "mj-wrapper", "mj-hero", "mj-raw", "mj-include"}),
    "mj-wrapper": frozenset({"mj-section", "mj-hero", "mj-raw", "mj-include"}),
    "mj-section": frozenset({"mj-column", "mj-group", "mj-raw", "mj-include"}),
    "mj-group": frozenset({"mj-column", "mj-raw", "mj-include"}),
    "mj-column": _CONTENT,
    "mj-hero": _CONTENT,
    "mj-social": frozenset({"mj-social-element", "mj-raw"}),
    "mj-navbar": frozenset({"mj-navbar-link", "mj-raw"}),
    "mj-accordion": frozenset({"mj-accordion-element", "mj-raw"}),
    "mj-accordion-element": frozenset({"mj-accordion-title", "mj-accordion-text", "mj-raw"}),
    "mj-carousel": frozenset({"mj-carousel-image"}),
}  # fmt: skip
