"""Mails that are no bounce, made up: complaints, notices that decide nothing, answers, and what people and lists "
"write."""

from __future__ import annotations

from tests.unit.delivery.returns.bounces import ADDRESS, MESSAGE_ID, ORIGINAL, Sample, notice, report


def feedback(
    kind: str, *, fields: str = "", subject: str = "FW: Nieuwsbrief november", original: str = ORIGINAL
) -> bytes:
    """A feedback report as RFC 5965 has it."""
    return f"""\
Return-Path: <feedback@isp.example>
From: Feedback Loop <feedback@isp.example>
To: bounces@dienst.example
Subject: {subject}
Date: Tue, 3 Nov 2026 10:00:00 +0100
Message-ID: <fbl-17@isp.example>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="part"

--part
Content-Type: text/plain; charset="US-ASCII"

This is an email abuse report for an email message received from IP 192.0.2.7.

--part
Content-Type: message/feedback-report

Feedback-Type: {kind}
User-Agent: SomeGenerator/1.0
Version: 1
{fields}
--part
Content-Type: message/rfc822

{original}
--part--
""".encode()


def personal(
    words: str, *, subject: str = "Re: Nieuwsbrief november", more: str = "",
        sender: str = "An Peeters <an.peeters@werk.example>",
    back: str = "<an.peeters@werk.example>",
) -> bytes:  # fmt: skip
    """What a person writes, or a program in their name."""
    return f"""\
Return-Path: {back}
From: {sender}
To: bounces@dienst.example
Subject: {subject}
Date: Tue, 3 Nov 2026 10:12:00 +0100
Message-ID: <a1@werk.example>
{more}MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 8bit

{words}
""".encode()


def receipt(how: str, words: str, subject: str = "Read: Nieuwsbrief november") -> bytes:
    """A disposition notification (RFC 8098)."""
    return f"""\
From: An Peeters <an.peeters@werk.example>
To: post@dienst.example
Subject: {subject}
MIME-Version: 1.0
Content-Type: multipart/report; report-type=disposition-notification; boundary="part"

--part
Content-Type: text/plain

{words}

--part
Content-Type: message/disposition-notification

Reporting-UA: werk.example; mail
Final-Recipient: rfc822;{ADDRESS}
Original-Message-ID: {MESSAGE_ID}
Disposition: {how}

--part--
""".encode()


_ANSWERS = f"In-Reply-To: {MESSAGE_ID}\nReferences: {MESSAGE_ID}\n"
_AUTOMATIC = f"{_ANSWERS}Auto-Submitted: auto-replied\n"
_LIST = "List-Id: Mail beheer <beheer.lijst.example>\nList-Unsubscribe: <https://lijst.example/u>\nPrecedence: list\n"

COMPLAINTS = [
    Sample("arf", "complaint", "complained", "", feedback("abuse")),
    Sample("arf, with who complained", "complaint", "complained", "", feedback("abuse",
        fields=f"Original-Rcpt-To: <{ADDRESS}>\n")),
    Sample("arf, fraud", "complaint", "complained", "", feedback("fraud")),
    Sample("arf, virus", "complaint", "complained", "", feedback("virus")),
    Sample("arf, other", "complaint", "complained", "", feedback("other")),
    Sample("arf, opt-out", "complaint", "complained", "", feedback("opt-out")),
    Sample("arf, called a bounce", "complaint", "complained", "", feedback("abuse",
        subject="Undelivered Mail Returned to Sender")),
    Sample("arf, header alone", "complaint", "complained", "",
           feedback("abuse", original=ORIGINAL.partition("\n\n")[0])
           .replace(b"message/rfc822", b"text/rfc822-headers")),
    Sample("arf, fields as plain text", "complaint", "complained", "",
           feedback("abuse").replace(b"message/feedback-report", b"text/plain")),
    Sample("microsoft's own", "complaint", "complained", "",
           feedback("abuse", subject="complaint about message from 192.0.2.7")
           .replace(b"multipart/report; report-type=feedback-report;", b"multipart/mixed;")
           .replace(b"message/feedback-report", b"text/plain")),
]  # fmt: skip

NOTICES = [
    Sample("postfix, delayed", "delayed", "", "451 4.4.1",
           report("This is the mail system at host uit.dienst.example.\n\n# THIS IS A WARNING ONLY.  YOU DO NOT "
                  "NEED TO RESEND YOUR MESSAGE. #\n\n"
                  "Your message could not be delivered for more than 4 hour(s).\nIt will be retried until it is 5 "
                  "day(s) old.",
                  action="delayed", status="4.4.1", diagnostic="smtp; 451 4.4.1 unknown user, try later",
                      subject="Delayed Mail (still being retried)")),
    Sample("exim, delayed", "delayed", "", "",
           notice(f"This message was created automatically by mail delivery software.\nA message that you sent has "
                  f"not yet been delivered to one or more of its\n"
                  f"recipients after more than 24 hours on the queue.\n\nThe address to which the message has not "
                  f"yet been delivered is:\n\n  {ADDRESS}\n"
                  "    host mx.werk.example: 550 user unknown\n\nNo action is required on your part. Delivery "
                  "attempts will continue for\nsome time.",
                  subject="Warning: message 1abc delayed 24 hours", more="Auto-Submitted: auto-replied\n")),
    Sample("gmail, delayed", "delayed", "", "",
           notice(f"Delivery to the following recipient has been delayed:\n\n     {ADDRESS}\n\nMessage will be "
                  f"retried for 2 more day(s)",
                  sender="Mail Delivery Subsystem <mailer-daemon@mail.example>",
                      subject="Delivery Status Notification (Delay)")),
    Sample("exchange, delayed", "delayed", "", "",
           notice(f"Delivery is delayed to these recipients or groups:\n\n{ADDRESS}\n\nThis message hasn't been "
                  f"delivered yet. Delivery will continue to be attempted.",
                  sender="Microsoft Outlook <postmaster@werk.example>", subject="Delivery delayed: Nieuwsbrief")),
    Sample("dutch, delayed", "delayed", "", "",
           notice(f"Uw bericht aan {ADDRESS} is nog niet bezorgd en kon niet worden afgeleverd. Er wordt opnieuw "
                  f"geprobeerd.", sender="postmaster@werk.example", subject="Vertraging")),
    Sample("success", "delivered", "", "", report("Your message was successfully delivered to the destination(s) "
                                                  "listed below.",
           action="delivered", status="2.1.5", diagnostic="smtp; 250 2.1.5 Delivered",
               subject="Successful Mail Delivery Report")),
    Sample("relayed", "delivered", "", "", report("Your message was relayed to a system that does not send reports.",
        action="relayed", status="2.0.0",
           subject="Delivery Status Notification (Relay)")),
    Sample("expanded", "delivered", "", "", report("Your message went to a list.", action="expanded", status="2.0.0",
        subject="Delivery Status Notification (Expand)")),
]  # fmt: skip

ANSWERS = [
    Sample("rfc 3834", "auto_reply", "", "", personal("Ik lees mijn mail weer op maandag.", more=_AUTOMATIC)),
    Sample("dutch", "auto_reply", "", "", personal("Beste, ik ben met verlof tot 10 november.",
        subject="Automatisch antwoord: Nieuwsbrief november")),
    Sample("dutch, away", "auto_reply", "", "", personal("Ik ben er niet. Mijn mailbox bestaat niet meer na 1 "
                                                         "december.", subject="Afwezig: Nieuwsbrief")),
    Sample("french", "auto_reply", "", "", personal("Je suis absent(e).",
        subject="=?utf-8?Q?R=C3=A9ponse_automatique_:_Nieuwsbrief?=")),
    Sample("french, away", "auto_reply", "", "", personal("Je serai de retour lundi.",
        subject="Absence du bureau : Nieuwsbrief")),
    Sample("german", "auto_reply", "", "", personal("Ich bin nicht im Büro.", subject="Automatische Antwort: "
                                                                                      "Nieuwsbrief")),
    Sample("german, away", "auto_reply", "", "", personal("Ich bin im Urlaub.", subject="Abwesenheitsnotiz")),
    Sample("english", "auto_reply", "", "", personal("I will be back on Monday.",
        subject="Out of Office: Nieuwsbrief")),
    Sample("english, exchange", "auto_reply", "", "", personal("I am on leave.",
        subject="Automatic reply: Nieuwsbrief", more="X-Auto-Response-Suppress: All\n")),
    Sample("old vacation", "auto_reply", "", "", personal("I will not be reading my mail for a while.",
        more="Precedence: auto_reply\n")),
    Sample("header of an autoresponder", "auto_reply", "", "", personal("Wij hebben uw bericht goed ontvangen.",
        more="X-Autoreply: yes\n")),
    Sample("who has left", "auto_reply", "", "",
           personal(f"Ik werk hier niet meer. This account is no longer in use, mail to {ADDRESS} is not delivered.",
               more=_AUTOMATIC, back="<>")),
    Sample("to nobody, without a word in the header", "auto_reply", "", "", personal("Ik ben afwezig tot 10 "
                                                                                     "november.", back="<>")),
    Sample("quotes a bounce", "auto_reply", "", "", personal("I am out of the office.\n\n> 550 5.1.1 User unknown",
        more=_AUTOMATIC, subject="Re: Undelivered Mail Returned to Sender")),
]  # fmt: skip

NOTHING = [
    Sample("a reply", "other", "", "", personal("Dank u, kan ik nog inschrijven?", more=_ANSWERS)),
    Sample("a reply to a bounce", "other", "", "",
           personal("Could not be delivered? But I am here.\n\n> <an.peeters@werk.example>: 550 5.1.1 User unknown\n"
                    "> The mail could not be delivered.",
                    subject="Re: Undelivered Mail Returned to Sender", more=_ANSWERS)),
    Sample("a bounce sent on", "other", "", "",
           personal("Wat betekent dit?\n\n-------- Forwarded Message --------\nFrom: MAILER-DAEMON\n\nyour message "
                    "could not be delivered: 550 5.1.1 user unknown",
                    subject="Fwd: Undelivered Mail Returned to Sender")),
    Sample("a bounce attached", "other", "", "",
           b"From: An <an@werk.example>\nTo: bounces@dienst.example\nSubject: zie bijlage\nMIME-Version: 1.0\n"
           b"Content-Type: multipart/mixed; boundary=b\n\n"
           b"--b\nContent-Type: text/plain\n\nZie bijlage.\n\n--b\nContent-Type: message/rfc822\n\n" + report("",
               diagnostic="smtp; 550 5.1.1 User unknown") + b"\n--b--\n"),
    Sample("a question", "other", "", "", personal("Mijn mailbox is vol, en mijn oude adres bestaat niet meer. Kunt "
                                                   "u het aanpassen?", subject="Ander adres")),
    Sample("a newsletter about bounces", "other", "", "",
           personal("Delivery failed? What to do when mail could not be delivered: 550 5.1.1 user unknown means "
                    "that the mailbox does not exist.",
                    subject="Undelivered mail: ten tips", sender="Tips <news@tips.example>",
                        more=_LIST, back="<b@tips.example>")),
    Sample("a list that talks of bounces", "other", "", "",
           personal("I get this:\n<x@y.example>: host mx said: 550 5.1.1 User unknown. The message could not be "
                    "delivered.",
                    subject="Undelivered Mail Returned to Sender", more=_LIST, sender="Piet <piet@werk.example>",
                        back="<beheer-bounces@lijst.example>")),
    Sample("a list's digest", "other", "", "", personal("Today's Topics:\n  1. Mail delivery failed (Piet)",
        subject="Beheer Digest, Vol 3", more=_LIST)),
    Sample("a challenge", "other", "", "",
           personal("Your message has not been delivered yet. Please confirm your address by a click: "
                    "https://werk.example/c\nUnless you do, it will not be delivered.",
                    subject="Please confirm your message", back="<>")),
    Sample("a challenge, french", "other", "", "",
           personal("Votre message n'a pas été délivré. Demande de confirmation : cliquez ici.",
               subject="Votre message à An Peeters", back="<>")),
    Sample("held for a moderator", "other", "", "",
           personal("Your mail to 'beheer' was not delivered: it is being held for approval by the list's "
                    "moderator. Post by non-member.",
                    subject="Your message to beheer awaits moderator approval", sender="beheer-owner@lijst.example",
                        more="Auto-Submitted: auto-generated\n", back="<>")),
    Sample("read", "other", "", "", receipt("manual-action/MDN-sent-manually; displayed", "Your message was read.")),
    Sample("deleted unread", "other", "", "", receipt("automatic-action/MDN-sent-automatically; deleted",
        "Your message was deleted without being read.", "Not read: Nieuwsbrief")),
    Sample("a postmaster writes", "other", "", "",
           personal("Op zaterdag is de mailserver niet bereikbaar voor onderhoud.", subject="Onderhoud",
               sender="Postmaster <postmaster@werk.example>")),
    Sample("about signatures", "other", "", "", feedback("auth-failure")),
    Sample("not spam after all", "other", "", "", feedback("not-spam")),
    Sample("dmarc statistics", "other", "", "", personal("Aggregate report.",
        subject="Report domain: dienst.example", sender="noreply-dmarc@isp.example")),
    Sample("a quota warning to a mailbox of ours", "other", "", "",
           personal("Your mailbox is almost full: 95 % of your quota is in use.", subject="Quota",
               sender="Postmaster <postmaster@dienst.example>")),
]  # fmt: skip

#: None of them may ever suppress an address.
NO_BOUNCES = [*NOTICES, *ANSWERS, *NOTHING]
