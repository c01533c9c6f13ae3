"""The examples of the design, to the letter, in a workspace with what they refer to."""

from __future__ import annotations

OUTREACH = """\
organisation: {nl: Sociale dienst, fr: Service social}
languages: [nl, fr]
time_zone: Europe/Brussels
public_url: https://outreach.example/
send_at: "09:00"
expires_after: 14 days
frequency_cap: {messages: 4, per: 30 days}
topics:
  onboarding: {nl: Onthaal, fr: Accueil}
  news: Nieuws
senders:
  default: {name: Sociale dienst, email: info@sociale-dienst.example, phone: 02 123 45 67}
outcomes:
  infosession-registered: Ingeschreven voor een infosessie
  infosession-attended: Op een infosessie geweest
theme_days:
  against-poverty: {title: Werelddag van verzet tegen armoede, on: 17 october}
fields:
  works_shifts: {type: yes/no, title: werkt in ploegen}
  team: {type: choice, choices: [red, blue]}
  badge_until: {type: date}
roster:
  leavers_limit: 10 %
  mappings:
    default: {columns: {Stamnummer: person_id}, values: {status: {A: active, P: retired}}}
"""
SEGMENTS = """\
newcomers:
  title: Nieuwe medewerkers
  where: {status: active, hired_on: {in_last: 90 days}}
fixed-term:
  where: {status: active, contract: fixed-term}
singles:
  where: {household: [single, single-with-children]}
retirees:
  where: {status: retired}
hard-to-reach:
  any: [newcomers, fixed-term, singles, {where: {age: {under: 35}}}]
"""
WELCOME = """\
# campaigns/welcome.yaml: an onboarding journey that repeats itself until it has worked
title: Welkom bij de sociale dienst
topic: onboarding                     # what one can opt out of
purpose: inform new staff of their rights   # for the register (GDPR art. 30)
owner: communicatie@sociale-dienst.example
audience: newcomers                   # looked at when a person enters
start: {event: hired, ignore_if_older_than: 60 days}     # once per person, unless `reentry` says otherwise
exit_when: {event: left}
goal: {outcome: infosession-registered, within: 120 days}   # what is measured; it stops nothing
priority: high
frequency: must                       # must | normal | nice, against the cap in outreach.yaml
steps:
  - id: welcome
    day: 1                            # counted from the start
  - id: invitation
    day: 10
    send: infosession-invitation      # the message; the step's id where not said
    remind: {every: 14 days, max_reminders: 2, until: infosession-registered}
    expires_after: 21 days
  - id: assistant
    day: 90
    unless: infosession-attended
"""
NEWSLETTER = """\
# campaigns/newsletter.yaml: everyone gets the same letter with different items
title: Nieuwsbrief
topic: news
audience: everyone
except: {under_way: welcome}           # who is in that journey now
start: {every: first tuesday of the month, at: "09:00"}
steps:
  - id: newsletter
    pick: {from: offers, at_most: 3, at_least: 1, not_again_within: 180 days}   # fewer than at_least: skipped
"""
LOAN = """\
texts:
  nl: {title: Lening, what: Geld lenen zonder rente., how: Via het e-loket., who: Iedereen., when: Altijd.}
related: psychosocial
outcome: infosession-attended
"""
PSYCHOSOCIAL = """\
texts:
  nl:
    title: Iemand om mee te praten
    what: Een gesprek.
    how: Bel ons.
    who: Iedereen.
    when: Altijd.
    link: https://sociale-dienst.example/praten
sensitive: true
never_say: [psycholoog, druk, schuld]
"""


def message(subject: str) -> str:
    return f"---\nsubject: {subject}\npreheader: Een berichtje\n---\nDag {{{{ person.first_name }}}}\n"


FILES: dict[str, str] = {
    "outreach.yaml": OUTREACH,
    "campaigns/segments.yaml": SEGMENTS,
    "campaigns/welcome.yaml": WELCOME,
    "campaigns/newsletter.yaml": NEWSLETTER,
    "campaigns/offers/loan.yaml": LOAN,
    "campaigns/offers/psychosocial.yaml": PSYCHOSOCIAL,
    "templates/layouts/letter.mjml": "<mjml><mj-body></mj-body></mjml>\n",
    "templates/welcome/nl.md": message("Welkom"),
    "templates/infosession-invitation/nl.md": message("Kom je ook?"),
    "templates/assistant/nl.md": message("Een vraag?"),
    "templates/newsletter/nl.md": message("Nieuws"),
}
