"""A template cannot reach out of its sandbox, nor do more than a message needs."""

from __future__ import annotations

import pytest
from jinja2 import TemplateError
from jinja2.exceptions import SecurityError

from outreach.rendering.plain import Plain
from outreach.rendering.templates import TooMuch, missing


def rendered(source: str, kind: str = "html", **values) -> str:
    return Plain(source, "nl", kind, {}).render(values)


@pytest.mark.parametrize(
    "source",
    [
        "{% for a in range(1000) %}{% for b in range(1000) %}{% endfor %}{% endfor %}",
        "{% for a in range(1001) %}{% endfor %}",
        "{% macro m(n) %}{% if n %}{{ m(n - 1) }}{{ m(n - 1) }}{% endif %}{% endmacro %}{{ m(30) }}",
        "{{ 'a' * 10 ** 8 }}", "{{ 10 ** 100 }}", "{{ [1] * 10 ** 8 }}", "{{ '%100000000d' % 1 }}",
        "{% set a = 'x' * 2 %}", "{% for a in range(1000) %}" + "x" * 2_000 + "{% endfor %}",
        "{% set a = 'xxxxxxxxxx' %}" + "{% set a = a ~ a %}" * 30,
        "{% set a = 'xxxxxxxxxx' %}" + "{% set a = a + a %}" * 30,
        "{% set a = 'xx' %}" + "{% set a = a | replace('x', 'xx') %}" * 30,
    ],
)  # fmt: skip
def test_a_template_that_grows_without_end_is_stopped(source):
    with pytest.raises(TooMuch):
        rendered(source)


@pytest.mark.parametrize(
    "source",
    ["{{ ''.__class__ }}", "{{ [].__class__.__base__.__subclasses__() }}", "{{ x.append(1) }}",
     "{{ '{0.__class__}'.format(1) }}"],
)  # fmt: skip
def test_pythons_insides_are_out_of_reach(source):
    with pytest.raises((SecurityError, TemplateError)):
        rendered(source, x=[])


def test_there_are_no_globals_but_range():
    for name in ("lipsum", "cycler", "joiner", "namespace", "dict"):
        with pytest.raises(TemplateError):
            rendered(f"{{{{ {name}() }}}}")


def test_values_are_escaped_in_html_alone():
    assert rendered("{{ x }}", x="<&") == "&lt;&amp;"
    assert rendered("{{ x }}", kind="text", x="<&") == "<&"


def test_values_are_never_template_source():
    assert rendered("{{ x }}", x="{{ 1 + 1 }}") == "{{ 1 + 1 }}"


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("{{ x or 'y' }}", "y"), ("{{ x | default('y') }}", "y"), ("{{ 'a' if x else 'b' }}", "b"),
        ("{{ 1 if x is none }}", "1"),
        ("{{ 1 if x is not defined }}", "1"), ("{{ 1 if x == 'a' else 2 }}", "2"), ("{{ 1 if x != 'a' else 2 }}", "1"),
        ("{{ 1 if x in ['a'] else 2 }}", "2"), ("{{ 1 if not x }}", "1"), ("{{ 1 if x is not none else 2 }}", "2"),
    ],
)  # fmt: skip
def test_a_missing_fact_may_be_tested(source, said):
    assert rendered(source, x=missing("person.x")) == said


@pytest.mark.parametrize(
    "source",
    ["{{ x }}", "{{ x | upper }}", "{{ x ~ 'a' }}", "{{ 'a' ~ x }}", "{{ x + 'a' }}", "{{ x > 1 }}", "{{ x | length }}",
     "{% for y in x %}{% endfor %}", "{{ x | day }}", "{{ [x] | join }}", "{{ x.y }}", "{{ x[0] }}", "{{ x | e }}"],
)  # fmt: skip
@pytest.mark.parametrize("kind", ["html", "text"])
def test_a_missing_fact_is_never_printed(source, kind):
    with pytest.raises(TemplateError, match=r"person\.x"):
        rendered(source, kind, x=missing("person.x"))


def test_a_list_cannot_be_printed():
    with pytest.raises(TypeError, match="only texts"):
        rendered("{{ [1, 2] }}")


def test_the_line_of_a_failure_is_known():
    template = Plain("a\nb\n{{ x }}", "nl", "html", {})
    with pytest.raises(TemplateError) as caught:
        template.render({"x": missing("person.x")})
    assert template.line_of(caught.value) == 3
