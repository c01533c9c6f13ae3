"""Pages for recipients: reached by a signed link, in the reader's language, without a script."""
