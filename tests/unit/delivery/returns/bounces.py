"""Mails that came back, made up in the forms in which mail systems write them."""

from __future__ import annotations

from typing import NamedTuple

ADDRESS = "an.peeters@werk.example"
MESSAGE_ID = "<0123456789abcdef0123456789abcdef@dienst.example>"
ORIGINAL = f"""\
Return-Path: <bounces@dienst.example>
Received: from uit.dienst.example (uit.dienst.example [192.0.2.7])
\tby mx.werk.example with ESMTPS id 4F2A1; Tue, 3 Nov 2026 09:00:04 +0100
From: Sociale Dienst <post@dienst.example>
To: {ADDRESS}
Subject: Nieuwsbrief november
Date: Tue, 03 Nov 2026 08:00:01 +0000
Message-ID: {MESSAGE_ID}
MIME-Version: 1.0
Content-Type: text/plain; charset="utf-8"

Dag An,

Dit is er deze maand te doen.
"""


class Sample(NamedTuple):
    """A mail and what is to be read out of it."""

    name: str
    kind: str
    reason: str
    code: str
    mail: bytes


def report(
    words: str, *, action: str = "failed", status: str = "5.1.1", diagnostic: str = "", sender: str = "MAILER-DAEMON",
    subject: str = "Undelivered Mail Returned to Sender", returned: str = ORIGINAL, original: str = "message/rfc822",
) -> bytes:  # fmt: skip
    """A delivery report as RFC 3464 has it."""
    fields = f"Diagnostic-Code: {diagnostic}\n" if diagnostic else ""
    return f"""\
Return-Path: <>
From: {sender}@mx.werk.example (Mail Delivery System)
To: bounces@dienst.example
Subject: {subject}
Date: Tue, 3 Nov 2026 09:00:05 +0100 (CET)
Message-Id: <20261103080005.4F2A1@mx.werk.example>
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="4F2A1.1793692805/mx"

This is a MIME-encapsulated message.

--4F2A1.1793692805/mx
Content-Description: Notification
Content-Type: text/plain; charset=utf-8

{words}

--4F2A1.1793692805/mx
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.werk.example
Arrival-Date: Tue, 3 Nov 2026 09:00:04 +0100 (CET)

Final-Recipient: rfc822; {ADDRESS}
Original-Recipient: rfc822;{ADDRESS}
Action: {action}
Status: {status}
{fields}
--4F2A1.1793692805/mx
Content-Description: Undelivered Message
Content-Type: {original}

{returned}
--4F2A1.1793692805/mx--
""".encode()


def notice(
    words: str, *, sender: str = "MAILER-DAEMON@mx.werk.example", subject: str = "failure notice", more: str = "",
    back: str = "<>", separator: str = "--- Below this line is a copy of the message.", kind: str = "text/plain",
) -> bytes:  # fmt: skip
    """A notice in plain words, the message below."""
    return f"""\
Return-Path: {back}
From: {sender}
To: bounces@dienst.example
Subject: {subject}
Date: Tue, 3 Nov 2026 09:00:05 +0100
Message-Id: <20261103080005.17@mx.werk.example>
{more}MIME-Version: 1.0
Content-Type: {kind}; charset=utf-8
Content-Transfer-Encoding: 8bit

{words}

{separator}

{ORIGINAL}""".encode()


_POSTFIX = """\
This is the mail system at host uit.dienst.example.

I'm sorry to have to inform you that your message could not
be delivered to one or more recipients. It's attached below.

For further assistance, please send mail to postmaster.

If you do so, please include this problem report. You can
delete your own text from the attached returned message.

                   The mail system

"""
_QMAIL = """\
Hi. This is the qmail-send program at mx.werk.example.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

"""
_EXIM = """\
This message was created automatically by mail delivery software.

A message that you sent could not be delivered to one or more of its
recipients. This is a permanent error. The following address(es) failed:

"""
_EXIM_BELOW = "------ This is a copy of your message, including all the headers. ------"


def postfix(answer: str, status: str, diagnostic: str | None = None) -> bytes:
    said = f"host mx.werk.example[192.0.2.25] said: {answer} (in reply to RCPT TO command)"
    return report(f"{_POSTFIX}<{ADDRESS}>: {said}", status=status, diagnostic=diagnostic or f"smtp; {answer}")


def postfix_own(why: str, status: str) -> bytes:
    return report(f"{_POSTFIX}<{ADDRESS}>: {why}", status=status, diagnostic=f"X-Postfix; {why}")


def exim(why: str) -> bytes:
    return notice(
        f"{_EXIM}  {ADDRESS}\n    {why}", sender="Mail Delivery System <Mailer-Daemon@mx.werk.example>",
        subject="Mail delivery failed: returning message to sender", separator=_EXIM_BELOW,
        more=f"X-Failed-Recipients: {ADDRESS}\nAuto-Submitted: auto-replied\n",
    )  # fmt: skip


def qmail(why: str) -> bytes:
    return notice(f"{_QMAIL}<{ADDRESS}>:\n{why}")


def sendmail(answer: str, status: str, subject: str) -> bytes:
    words = f"""\
The original message was received at Tue, 3 Nov 2026 09:00:04 +0100
from uit.dienst.example [192.0.2.7]

   ----- The following addresses had permanent fatal errors -----
<{ADDRESS}>
    (reason: {answer})

   ----- Transcript of session follows -----
... while talking to mx.werk.example.:
>>> RCPT To:<{ADDRESS}>
<<< {answer}"""
    return report(words, status=status, diagnostic=f"SMTP; {answer}", subject=f"Returned mail: {subject}")


def exchange(code: str, name: str, words: str) -> bytes:
    shown = f"""\
Delivery has failed to these recipients or groups:

{ADDRESS}<mailto:{ADDRESS}>
{words}

The following organization rejected your message: mx.werk.example.

Diagnostic information for administrators:

Generating server: EX01.werk.example

{ADDRESS}
Remote Server returned '{code} {name}'

Original message headers:

Received: from mx.werk.example (192.0.2.25) by EX01.werk.example
Message-ID: {MESSAGE_ID}"""
    return report(
        shown, status=code.split()[1], diagnostic=f"smtp;{code} {name}",
        sender="MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e",
        subject="Undeliverable: Nieuwsbrief november",
    )  # fmt: skip


HARD = [
    Sample("postfix, relayed to", "hard", "no_mailbox", "550 5.1.1",
           postfix(f"550 5.1.1 <{ADDRESS}>: Recipient address rejected: User unknown in virtual mailbox table",
               "5.1.1")),
    Sample("postfix, local", "hard", "no_mailbox", "5.1.1", postfix_own('unknown user: "an.peeters"', "5.1.1")),
    Sample("postfix, code says little", "hard", "no_mailbox", "550 5.0.0", postfix("550 unknown user", "5.0.0")),
    Sample("postfix, no such domain", "hard", "no_domain", "5.4.4",
           postfix_own("Host or domain name not found. Name service error for name=werk.example type=A: Host not "
                       "found", "5.4.4")),
    Sample("postfix, null mx", "hard", "no_mailbox", "556 5.1.10",
           postfix_own("Domain werk.example does not accept mail (nullMX)", "5.1.0").replace(b"Status: 5.1.0",
               b"Status: 5.1.10")
           .replace(b"X-Postfix; D", b"X-Postfix; 556 5.1.10 D")),
    Sample("gmail", "hard", "no_mailbox", "550 5.1.1",
           postfix("550-5.1.1 The email account that you tried to reach does not exist. Please try\n    550-5.1.1 "
                   "double-checking "
                   "the recipient's email address for typos or\n    550 5.1.1 unnecessary spaces. "
                   "https://support.example/mail/?p=NoSuchUser", "5.1.1")),
    Sample("gmail, disabled", "hard", "mailbox_closed", "550 5.2.1",
           postfix("550 5.2.1 The email account that you tried to reach is disabled.", "5.2.1")),
    Sample("exim", "hard", "no_mailbox", "550",
           exim(f"SMTP error from remote mail server after RCPT TO:<{ADDRESS}>:\n    host mx.werk.example "
                f"[192.0.2.25]: 550 No such user here")),
    Sample("exim, domain", "hard", "no_domain", "", exim("Unrouteable mail domain \"werk.example\"")),
    Sample("exim, address", "hard", "no_mailbox", "", exim("Unrouteable address")),
    Sample("qmail", "hard", "no_mailbox", "5.1.1", qmail("Sorry, no mailbox here by that name. (#5.1.1)")),
    Sample("qmail, remote", "hard", "no_mailbox", "550 5.1.1",
           qmail(f"192.0.2.25 does not like recipient.\nRemote host said: 550 5.1.1 <{ADDRESS}> is not a known "
                 f"user\nGiving up on 192.0.2.25.")),
    Sample("qmail, no host", "hard", "no_domain", "5.1.2",
           qmail("Sorry, I couldn't find any host named werk.example. (#5.1.2)")),
    Sample("sendmail", "hard", "no_mailbox", "550 5.1.1", sendmail(f"550 5.1.1 <{ADDRESS}>... User unknown", "5.1.1",
        "see transcript for details")),
    Sample("sendmail, no domain", "hard", "no_domain", "550 5.1.2",
           sendmail(f"550 5.1.2 <{ADDRESS}>... Host unknown (Name server: werk.example: host not found)", "5.1.2",
               "Host unknown")),
    Sample("exchange online", "hard", "no_mailbox", "550 5.1.10",
           exchange("550 5.1.10", "RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup",
                    "The email address you entered couldn't be found. Please check the recipient's email address "
                    "and try to resend the message.")),
    Sample("exchange online, edge", "hard", "no_mailbox", "550 5.4.1",
           exchange("550 5.4.1", "Recipient address rejected: Access denied. [AM0EUR02FT012.eop-EUR02.prod.example]",
               "Your message wasn't delivered.")),
    Sample("exchange on premises", "hard", "no_mailbox", "550 5.1.1",
           exchange("550 5.1.1", "RESOLVER.ADR.RecipNotFound; not found", "The email address that you entered "
                                                                          "couldn't be found.")),
    Sample("exchange 5.5", "hard", "no_mailbox", "",
           notice(f"Your message\n\n  To:      {ADDRESS}\n  Subject: Nieuwsbrief over spam en virussen\n  Sent:    "
                  f"Tue, 3 Nov 2026 09:00:04 +0100\n\n"
                  f"did not reach the following recipient(s):\n\n{ADDRESS} on Tue, 3 Nov 2026 09:00:05 +0100\n"
                  "    The recipient name is not recognized\n\tThe MTS-ID of the original message is: c=be;a= "
                  ";p=werk;l=EX1-261103080005Z-17",
                  sender="System Administrator <postmaster@werk.example>", subject="Undeliverable: Nieuwsbrief over "
                                                                                   "spam en virussen")),
    Sample("domino", "hard", "no_mailbox", "",
           notice(f"Your message\n\n  Subject: Nieuwsbrief\n\nwas not delivered to:\n\n  {ADDRESS}\n\nbecause:\n\n  "
                  f"User an.peeters ({ADDRESS}) not listed in "
                  "Domino Directory", sender="Postmaster@werk.example", subject=f"DELIVERY FAILURE: User an.peeters "
                                                                                f"({ADDRESS}) not listed in Domino "
                                                                                f"Directory")),
    Sample("domino, report", "hard", "no_mailbox", "5.1.1",
           report("Your message\n\n  Subject: Nieuwsbrief\n\nwas not delivered to:\n\n  an.peeters@werk.example",
                  diagnostic=f"X-Notes; User an.peeters ({ADDRESS}) not listed in public Name & Address Book")),
    Sample("groupwise", "hard", "no_mailbox", "",
           notice("The message that you sent was undeliverable to the following:\n\tan.peeters (unknown user)",
                  sender="Mailer-Daemon@gw.werk.example", subject="Message status - undeliverable")),
    Sample("yahoo", "hard", "no_mailbox", "554",
           notice(f"Message from werk.example.\nUnable to deliver message to the following address(es).\n\n"
                  f"<{ADDRESS}>:\n554 delivery error: dd "
                  f"This user doesn't have a werk.example account ({ADDRESS}) [0] - mta1007.werk.example",
                      subject="Failure Notice",
                  separator="--- Original message follows.")),
    Sample("yahoo, closed", "hard", "mailbox_closed", "",
           notice(f"Message from werk.example.\nUnable to deliver message to the following address(es).\n\n"
                  f"<{ADDRESS}>:\nSorry your message to {ADDRESS} "
                  "cannot be delivered. This account has been disabled or discontinued [#102].",
                      subject="Delivery failure", separator="--- Original message follows.")),
    Sample("aol", "hard", "no_mailbox", "550 5.1.1", postfix(f"550 5.1.1 <{ADDRESS}>: Recipient address rejected: "
                                                             f"werk.example", "5.1.1")),
    Sample("courier", "hard", "no_mailbox", "550 5.0.0",
           report(f"This is a delivery status notification from mx.werk.example,\nrunning the Courier mail server, "
                  f"version 1.0.\n\n"
                  "The original message was received on Tue, 03 Nov 2026 09:00:04 +0100\nfrom uit.dienst.example\n\n"
                  "                           UNDELIVERABLE MAIL\n\nYour message to the following recipients cannot "
                  "be delivered:\n\n"
                  f"<{ADDRESS}>:\n    mx.werk.example [192.0.2.25]:\n>>> RCPT TO:<{ADDRESS}>\n<<< 550 User unknown.",
                  status="5.0.0", diagnostic="smtp; 550 User unknown.", subject="NOTICE: mail delivery status.")),
    Sample("opensmtpd", "hard", "no_mailbox", "550 5.1.1",
           report(f"    Hi!\n\n    This is the MAILER-DAEMON, please DO NOT REPLY to this email.\n\n    An error "
                  f"has occurred while attempting to deliver a message for\n"
                  f"    the following list of recipients:\n\n{ADDRESS}: 550 5.1.1 <{ADDRESS}>: Recipient does not "
                  f"exist here",
                  action="error", status="5.0.0", subject="Delivery status notification: error")),
    Sample("hotmail", "hard", "no_mailbox", "550 5.5.0",
           exchange("550 5.5.0", "Requested action not taken: mailbox unavailable (S2017062302)",
               "Your message couldn't be delivered.")),
    Sample("policy in the code, user in the words", "hard", "no_mailbox", "550 5.7.1",
        postfix(f"550 5.7.1 <{ADDRESS}>: User unknown", "5.7.1")),
    Sample("mdaemon", "hard", "no_mailbox", "",
           notice(f"{ADDRESS} - no such user here.\n\nThere is no user by that name at this server.",
               sender="MDaemon@werk.example",
                  subject=f"Warning: {ADDRESS} - User unknown!", back="<MDaemon@werk.example>")),
    Sample("mailenable", "hard", "no_mailbox", "550",
           notice(f"MailEnable: Message could not be delivered to some recipients.\nThe following recipient(s) "
                  f"could not be reached:\n\n"
                  f"\tRecipient: [SMTP:{ADDRESS}]\n\tReason: Remote SMTP Server Returned: 550 Requested action not "
                  f"taken: mailbox unavailable or not local.",
                  sender='"Delivery Subsystem" <POSTMASTER@werk.example>', subject="Message Delivery Failure",
                      separator="Message headers follow:")),
    Sample("hmailserver", "hard", "no_mailbox", "550 5.1.1",
           notice(f"Your message did not reach some or all of the intended recipients.\n\n   Sent: Tue, 3 Nov 2026 "
                  f"09:00:04 +0100\n   Subject: Nieuwsbrief\n\n"
                  f"The following recipient(s) could not be reached:\n\n{ADDRESS}\n   Error Type: SMTP\n   Remote "
                  f"server (192.0.2.25) issued an error.\n"
                  f"   hMailServer sent: RCPT TO:<{ADDRESS}>\n   Remote server replied: 550 5.1.1 <{ADDRESS}>... "
                  f"User unknown\n\nhMailServer",
                  sender="mailer-daemon@werk.example", subject="Message undeliverable: Nieuwsbrief")),
    Sample("dutch", "hard", "no_mailbox", "550",
           notice(f"Uw bericht kon niet worden bezorgd bij:\n\n<{ADDRESS}>\n\nReden: 550 Onbekende gebruiker.",
               subject="Onbestelbaar: Nieuwsbrief",
                  sender="Postmaster <postmaster@werk.example>", separator="----- Oorspronkelijk bericht -----")),
    Sample("french", "hard", "no_mailbox", "5.1.1",
           notice(f"Votre message n'a pas pu être délivré à :\n\n  {ADDRESS}\n\nL'adresse de messagerie n'existe "
                  f"pas. (#5.1.1)",
                  subject="=?utf-8?Q?=C3=89chec_de_la_remise_:_Nieuwsbrief?=", sender="postmaster@werk.example",
                      separator="----- Message original -----")),
    Sample("french, orange", "hard", "no_mailbox", "550 5.1.1",
           postfix("550 5.1.1 Adresse d au moins un destinataire invalide. Invalid recipient. OFR204_416 [416]",
               "5.1.1")),
    Sample("german", "hard", "no_mailbox", "550",
           notice(f"Ihre Nachricht konnte nicht zugestellt werden an:\n\n<{ADDRESS}>: 550 Empfänger unbekannt",
                  subject="Unzustellbar: Nieuwsbrief", sender="Mail Delivery System <mailer-daemon@werk.example>",
                      separator="----- Ursprüngliche Nachricht -----")),
    Sample("spanish", "hard", "no_mailbox", "5.1.1",
           notice(f"Su mensaje no pudo ser entregado\n\n<{ADDRESS}>:\nSorry, no mailbox here by that name. (#5.1.1)",
               separator="--- Mensaje original adjunto.")),
    Sample("html", "hard", "no_mailbox", "550 5.1.1",
           notice("<html><head><style>p {color: #333}</style></head><body><p>Your message wasn't delivered to "
                  "<b>an.peeters@werk.example</b> because the address "
                  "couldn't be found.</p><br>The response was:<br><p>550 5.1.1 The email account that you tried to "
                  "reach does not exist.</p></body></html>",
                  sender="Mail Delivery Subsystem <mailer-daemon@mail.example>",
                      subject="Delivery Status Notification (Failure)", kind="text/html", separator="")),
    Sample("header alone comes back", "hard", "no_mailbox", "550 5.1.1",
           report(f"{_POSTFIX}<{ADDRESS}>: 550 5.1.1 User unknown", diagnostic="smtp; 550 5.1.1 User unknown",
               original="text/rfc822-headers",
                  returned=ORIGINAL.partition("\n\n")[0])),
    Sample("utf-8 report", "hard", "no_mailbox", "550 5.1.1",
           report(f"{_POSTFIX}<{ADDRESS}>: 550 5.1.1 User unknown", diagnostic="smtp; 550 5.1.1 User unknown")
           .replace(b"message/delivery-status", b"message/global-delivery-status").replace(b"message/rfc822",
               b"message/global")),
]  # fmt: skip

SOFT = [
    Sample("postfix, quota", "soft", "mailbox_full", "552 5.2.2", postfix("552 5.2.2 Mailbox size limit exceeded",
        "5.2.2")),
    Sample("gmail, quota", "soft", "mailbox_full", "552 5.2.2",
           postfix("552-5.2.2 The recipient's inbox is out of storage space and inactive. Please\n    552 5.2.2 "
                   "direct them to clear space.", "5.2.2")),
    Sample("full, although it says unknown", "soft", "mailbox_full", "550 5.1.1",
           postfix(f"550 5.1.1 <{ADDRESS}>: mailbox unavailable, user is over quota", "5.1.1")),
    Sample("gave up after days", "soft", "unreachable", "4.4.1",
           postfix_own("connect to mx.werk.example[192.0.2.25]:25: Connection timed out", "4.4.1")),
    Sample("gave up, unknown for now", "soft", "undelivered", "450 4.1.1",
           postfix(f"450 4.1.1 <{ADDRESS}>: Recipient address rejected: unverified address", "4.1.1")),
    Sample("postfix, loop", "soft", "unreachable", "5.4.6", postfix_own("mail for werk.example loops back to myself",
        "5.4.6")),
    Sample("postfix, too large", "soft", "too_large", "552 5.3.4", postfix("552 5.3.4 Message size exceeds fixed "
                                                                           "limit", "5.3.4")),
    Sample("exim, retry", "soft", "unreachable", "", exim("retry timeout exceeded")),
    Sample("exim, quota", "soft", "mailbox_full", "", exim("mailbox is full:\n    retry timeout exceeded")),
    Sample("qmail, queue", "soft", "unreachable", "4.4.1",
           qmail("Sorry, I wasn't able to establish an SMTP connection. (#4.4.1)\nI'm not going to try again; this "
                 "message has been in the queue too long.")),
    Sample("qmail, quota", "soft", "mailbox_full", "5.2.2", qmail("The users mailfolder is over the allowed quota "
                                                                  "(size). (#5.2.2)")),
    Sample("exchange, quota", "soft", "mailbox_full", "554 5.2.2",
           exchange("554 5.2.2", "mailbox full; STOREDRV.Deliver.Exception:QuotaExceededException",
               "The recipient's mailbox is full and can't accept messages now.")),
    Sample("exchange, expired", "soft", "unreachable", "550 5.4.300", exchange("550 5.4.300",
        "Message expired -> 451 4.4.0 Primary target IP address responded with an error", "")),
    Sample("sendmail, hops", "soft", "unreachable", "554 5.4.6", sendmail("554 5.4.6 Too many hops 26 (25 max)",
        "5.4.6", "Too many hops")),
    Sample("relay", "soft", "unreachable", "554 5.7.1", postfix(f"554 5.7.1 <{ADDRESS}>: Relay access denied",
        "5.7.1")),
    Sample("dutch, full", "soft", "mailbox_full", "",
           notice(f"Uw bericht aan {ADDRESS} kon niet worden bezorgd: het postvak is vol.",
               subject="Niet bezorgd: Nieuwsbrief", sender="postmaster@werk.example")),
    Sample("french, full", "soft", "mailbox_full", "552",
           notice(f"Votre message n'a pas pu être remis à {ADDRESS} :\n552 La boîte aux lettres est pleine",
               subject="Non remis : Nieuwsbrief", sender="postmaster@werk.example")),
    Sample("german, full", "soft", "mailbox_full", "552",
           notice(f"Die Nachricht konnte nicht zugestellt werden: <{ADDRESS}>: 552 Postfach ist voll",
               subject="Unzustellbar", sender="postmaster@werk.example")),
    Sample("no reason at all", "soft", "undelivered", "",
           notice(f"This is an automatically generated Delivery Status Notification.\n\nDelivery to the following "
                  f"recipients failed.\n\n       {ADDRESS}",
                  sender="postmaster@werk.example", subject="Delivery Status Notification (Failure)")),
    Sample("one of several whom an address stands for", "soft", "undelivered", "550 5.1.1",
           report("", diagnostic="smtp; 550 5.1.1 User unknown").replace(
               b"\n--4F2A1.1793692805/mx\nContent-Description: Undelivered",
               b"\nFinal-Recipient: rfc822; team@werk.example\nAction: delivered\nStatus: 2.0.0\n\n"
               b"--4F2A1.1793692805/mx\nContent-Description: Undelivered")),
]  # fmt: skip

BLOCKED = [
    Sample("gmail, unsolicited", "blocked", "blocked", "550 5.7.1",
           postfix("550-5.7.1 [192.0.2.7] Our system has detected that this message is\n    550-5.7.1 likely "
                   "unsolicited mail. To reduce the amount of spam "
                   "sent,\n    550 5.7.1 this message has been blocked.", "5.7.1")),
    Sample("gmail, dmarc", "blocked", "blocked", "550 5.7.26",
           postfix("550-5.7.26 Unauthenticated email from dienst.example is not accepted due to\n    550 5.7.26 "
                   "domain's DMARC policy.", "5.7.26")),
    Sample("reputation, called unknown", "blocked", "blocked", "550 5.1.1",
           postfix("550 5.1.1 Message rejected due to the poor reputation of 192.0.2.7; user unknown", "5.1.1")),
    Sample("outlook, block list", "blocked", "blocked", "550 5.7.1",
           exchange("550 5.7.1", "Unfortunately, messages from [192.0.2.7] weren't sent. Please contact your "
                                 "Internet service provider since part of their "
                    "network is on our block list (S3150).", "")),
    Sample("outlook, bulk sender", "blocked", "blocked", "550 5.7.515", exchange("550 5.7.515",
        "Access denied, sending domain does not meet the required level", "")),
    Sample("spamhaus", "blocked", "blocked", "554 5.7.1",
           postfix("554 5.7.1 Service unavailable; Client host [192.0.2.7] blocked using zen.spamhaus.org; "
                   "https://www.spamhaus.org/query/ip/192.0.2.7", "5.7.1")),
    Sample("spf", "blocked", "blocked", "550 5.7.23", postfix("550 5.7.23 The message was rejected because of "
                                                              "Sender Policy Framework violation", "5.7.23")),
    Sample("group that takes no strangers", "blocked", "blocked", "550 5.7.133",
           exchange("550 5.7.133", "RESOLVER.RST.SenderNotAuthenticatedForGroup; authentication required; Delivery "
                                   "restriction check failed", "")),
    Sample("content", "blocked", "blocked", "550 5.7.1", postfix("550 5.7.1 Message content rejected, UBE, id=17-22",
        "5.7.1")),
    Sample("rate", "blocked", "blocked", "550 5.2.1", postfix("550-5.2.1 The user you are trying to contact is "
                                                              "receiving mail at a rate that\n    550 5.2.1 "
                                                              "prevents additional messages", "5.2.1")),
    Sample("given up on greylisting", "blocked", "blocked", "451 4.7.1", postfix("451 4.7.1 Greylisting in action, "
                                                                                 "please come back later", "4.7.1")),
    Sample("sender unknown to them", "blocked", "blocked", "550 5.1.8", postfix("550 5.1.8 Sender address rejected: "
                                                                                "Domain not found", "5.1.8")),
    Sample("exim, blocked", "blocked", "blocked", "550",
           exim("SMTP error from remote mail server after end of data:\n    host mx.werk.example [192.0.2.25]: 550 "
                "This message was classified as spam")),
    Sample("german, spam", "blocked", "blocked", "554", notice(f"<{ADDRESS}>: 554 Die Annahme wurde verweigert: "
                                                               f"Spamverdacht, 192.0.2.7 ist gesperrt",
                                                                   sender="mailer-daemon@werk.example")),
]  # fmt: skip
