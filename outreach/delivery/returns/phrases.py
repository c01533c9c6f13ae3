"""Phrases of mail systems and of programs that answer, in the languages in which they were met.

They stand as `wording.plain` leaves a text: lower case, no accents, single spaces. A phrase counts wherever it stands,
also inside a word, so each says enough not to be met by chance.
"""

from __future__ import annotations

#: The message was not let in: for whom it comes from, what it is, or how many there are.
BLOCKED = (
    "blacklist", "black list", "black listed", "blocklist", "block list", "blocked list", "denylist", "dnsbl",
    "spamhaus", "spamcop", "sorbs", " rbl", "(rbl", "reputation", "dmarc", " spf ", "spf fail", "spf check",
    "sender policy framework", "dkim", "unsolicited", "spam message", "as spam", "is spam", "spam detected",
    "likely spam", "spam content", "suspected spam", "identified as spam", "considered spam", "spam score",
    "spamming", "spam policy", "spam source", "antispam policy", "bulk mail", "been blocked", "is blocked",
    "was blocked", "are blocked", "blocked by", "blocked due", "blocked for", "blocked using", "message blocked",
    "mail blocked", "address blocked", "ip blocked", "temporarily blocked", "block your", "poor sending",
    "user complaints", "too many complaints", "phishing", "virus", "malware", "infected", "suspicious",
    "high volume", "too many messages", "too many connections", "too many emails", "rate limit",
    "rate that prevents", "too quickly", "at a rate", "unusual rate", "mail flood", "greylist", "graylist",
    "greylisting", "throttl", "reverse dns", "ptr record", "no ptr", "dynamic ip", "dynamically assigned", "dialup",
    "dial up", "ip address has", "your ip", "your server", "your host", "not allowed to send",
    "not authorized to send", "not permitted to send", "isn't authorized to", "not authorised to send",
    "is not accepting mail from", "not accepting mail from", "don't have permission", "do not have permission",
    "delivery not authorized", "senders are allowed", "sender address rejected", "sender rejected", "sender denied",
    "sender verify failed", "sender not allowed", "sender domain", "domain of sender", "sender address verification",
    "bad sender", "invalid sender", "sender unknown", "verify sender", "envelope sender", "message content rejected",
    "content filter", "content rejected", "rejected for policy", "due to policy", "policy reason",
    "policy violation", "policy restriction", "local policy", "security policy", "organization policy",
    "administrative prohibition", "administratively prohibited", "prohibited by", "message filtered",
    "message was filtered", "filtered by", "rejected by recipient", "refused by recipient",
    "recipient's mail filtering", "authrequired", "senderrestricted", "sendernotauthenticated", "notauthorized",
    "refused by the system", "refused the message", "bounce message body", "indesirable", "liste noire", "bloque",
    "ongewenst", "geblokkeerd", "gesperrt", "abgelehnt wegen spam", "blockiert",
)  # fmt: skip
#: The mailbox is full.
FULL = (
    "quota", "mailbox full", "mailbox is full", "mailbox was full", "mailbox has been full", "box is full",
    "inbox is full", "inbox full", "full mailbox", "mailbox currently full", "user is over", "mailbox too full",
    "mailfolder is full", "folder is full", "over the maximum", "exceeded storage", "exceeded the storage",
    "storage limit", "storage allocation", "exceeds allowed", "allotted space", "space not enough", "out of storage",
    "not enough storage", "insufficient storage", "insufficient disk", "insufficient system storage",
    "not enough space", "no space left", "not enough disk", "disk full", "diskspace", "disk space",
    "maximum mailbox size", "mailbox size limit", "mailbox has exceeded", "mailbox exceeds", "mailbox limit",
    "maximum size allowed", "overquota", "too much mail", "too many mails", "account is full", "user has too many",
    "is over the", "can't hold", "storage full", "exceeded his", "exceeded their", "mailbox vol", "postvak vol",
    "postbus vol", "volle mailbox", "mailbox is vol", "postvak is vol", "brievenbus vol", "brievenbus is vol",
    "postfach voll", "postfach ist voll", "postfach des empfangers ist voll", "mailbox ist voll", "speicherplatz",
    "postfachs ist erschopft", "boite pleine", "boite aux lettres pleine", "boite aux lettres est pleine",
    "boite de reception pleine", "messagerie pleine", "espace disque", "est pleine", "espace de stockage",
    "buzon lleno", "buzon esta lleno", "cuota", "caixa cheia", "casella piena", "e' piena", "errcode=5220",
    "mailbox unavailable or full",
)  # fmt: skip
#: A server or the way to it is at fault.
UNREACHABLE = (
    "timed out", "timeout", "time out", "connection refused", "refused connection", "no route to host",
    "network is unreachable", "not reachable", "unreachable", "could not connect", "couldn't connect",
    "unable to connect", "cannot connect", "failed to connect", "connection failed", "connect to", "connection lost",
    "lost connection", "connection dropped", "connection reset", "conversation with", "did not respond",
    "not responding", "no answer from", "connection to mail exchanger failed", "temporary failure", "temporarily",
    "try again", "retry time", "retry timeout", "delivery time expired", "message expired", "has expired",
    "queue too long", "been in the queue", "undeliverable for", "delivery expired", "message timed out", "4 days",
    "5 days", "unable to contact", "service unavailable", "service not available", "server busy", "too busy",
    "server unavailable", "no connection", "hop count", "too many hops", "mail loop", "loops back", "looping",
    "loop detected", "routing loop", "forwarding loop", "relaying denied", "relay denied", "relay access denied",
    "relaying not", "relay not", "unable to relay", "not permitted to relay", "relaying mail", "relaying is",
    "we do not relay", "relaying prohibited", "cannot relay", "relaying", " tls", "certificate",
    "authentication required", "system error", "internal error", "configuration error", "local configuration",
    "protocol error", "command not", "syntax error", "could not find a gateway", "mail server problem",
)  # fmt: skip
#: The message is too large.
TOO_LARGE = (
    "too large", "too big", "size limit", "exceeds size", "message size", "exceeds the maximum",
    "exceeds fixed maximum", "maximum message size", "maximum incoming message size", "max message size",
    "message length", "size exceeds", "larger than", "trop volumineux", "taille maximale", "te groot", "zu gross",
    "zu groß", "message too long", "line too long", "maximum allowed size", "exceeded maximum",
)  # fmt: skip
#: The domain is not there, or takes no mail.
NO_DOMAIN = (
    "host or domain name not found", "host not found", "domain not found", "domain does not exist",
    "domain doesn't exist", "domain name not found", "no such domain", "unknown domain", "domain unknown",
    "unknown host", "host unknown", "unknown mail host", "bad destination host", "illegal host",
    "couldn't find any host", "could not find any host", "no mx", "no valid mx", "mx record", "nullmx", "null mx",
    "does not accept mail", "doesn't accept mail", "does not receive mail", "no mail hosts", "no mail exchanger",
    "nxdomain", "unrouteable mail domain", "unroutable mail domain",
    "all relevant mx records point to non existent hosts", "domain isn't in my list", "isn't in my control",
    "name or service not known", "destination system address", "bad destination system", "unable to resolve",
    "cannot resolve", "cannot find your", "couldn't be found in dns", "dns domain", "domain of the recipient",
    "no a record", "nameserver error", "name server error", "name server: host not found", "domaine inconnu",
    "domaine n'existe pas", "domein bestaat niet", "onbekend domein", "unbekannte domain", "domain existiert nicht",
    "could not be resolved", "has no mail", "not a registered gateway user", "address domain",
)  # fmt: skip
#: There was a mailbox; it is closed, or its owner has left.
CLOSED = (
    "account disabled", "account is disabled", "account has been disabled",
    "account that you tried to reach is disabled", "account was disabled", "mailbox disabled", "mailbox is disabled",
    "mailbox has been disabled", "user disabled", "user is disabled", "recipient disabled", "disabled account",
    "address disabled", "address is disabled", "account suspended", "account is suspended", "been suspended",
    "user suspended", "user is suspended", "account closed", "account is closed", "account has been closed",
    "been deactivated", "is deactivated", "account deactivated", "mailbox deactivated", "inactive user",
    "user is inactive", "account is inactive", "account inactive", "inactive account", "mailbox is inactive",
    "mailbox inactive", "user inactive", "been inactive", "is inactive", "has been removed", "been terminated",
    "account terminated", "account expired", "account has expired", "mailbox expired", "account locked",
    "account is locked", "mailbox locked", "been discontinued", "discontinued", "no longer in use",
    "no longer available", "no longer valid", "no longer active", "no longer works", "no longer on server",
    "no longer with", "no longer exists", "no longer accepts", "no longer have an account", "no longer employed",
    "is not active", "not active", "has moved", "user moved", "recipient has moved", "has not been collected",
    "address has changed", "retired address", "account not active", "mailbox not active", "currently suspended",
    "ce compte est desactive", "compte desactive", "compte ferme", "compte suspendu", "n'est plus valide",
    "n'est plus utilise", "niet meer in gebruik", "niet langer geldig", "niet meer actief", "bestaat niet meer",
    "nicht mehr gultig", "nicht mehr aktiv", "deaktiviert", "existiert nicht mehr", "cuenta desactivada",
    "conta desativada", "hold mail", "isn't receiving email", "mailbox unavailable: disabled",
)  # fmt: skip
#: There is no such mailbox.
NO_MAILBOX = (
    "user unknown", "unknown user", "unknown recipient", "recipient unknown", "unknown address", "address unknown",
    "unknown local part", "unknown mailbox", "mailbox unknown", "mailbox name not allowed", "unknown account",
    "account unknown", "unknown or illegal", "unknown email", "user is unknown", "recipient is unknown",
    "address is unknown", "is unknown to", "unknown to this", "no such user", "no such mailbox", "no such recipient",
    "no such address", "no such account", "no such person", "no such local user", "no such name", "no such email",
    "no such id", "no such mail", "no user by that name", "there is no user", "no user with", "no user found",
    "no users here", "no mailbox here", "no mailbox by that name", "no mailbox found", "no account by that name",
    "no account with", "no valid recipient", "not a known user", "not known here", "not known at", "user not known",
    "recipient not known", "not a valid user", "not a valid mailbox", "not a valid recipient", "not a valid email",
    "not a valid address", "not a local user", "user not local", "not local to", "not a user", "not our customer",
    "user not found", "recipient not found", "recipientnotfound", "mailbox not found", "address not found",
    "account not found", "recipnotfound", "user was not found", "couldn't be found", "could not be found",
    "wasn't found", "was not found", "not found", "not listed", "not in directory", "does not exist",
    "doesn't exist", "do not exist", "did not exist", "not exist", "non existent", "nonexistent", "nonexistant",
    "doesnt exist", "doesn't have a", "does not have a", "does not have an", "doesn't have an account",
    "has no mailbox", "have an account", "without a mailbox", "invalid recipient", "invalid mailbox",
    "invalid address", "invalid user", "invalid account", "invalid email", "invalid addressee", "invalid rcpt",
    "invalid final delivery", "recipient invalid", "address invalid", "user invalid", "mailbox invalid",
    "invalid domino directory", "recipient is not valid", "address is not valid", "bad destination mailbox",
    "bad recipient", "bad address", "bad mailbox", "illegal user", "illegal recipient", "illegal alias",
    "wrong address", "address is wrong", "unroutable address", "unrouteable address", "unrouteable user",
    "mailbox unavailable", "mailbox is unavailable", "mailbox not available", "mailbox is not available",
    "recipient unavailable", "user unavailable", "no mail box available", "not have a final email delivery point",
    "not our user", "name not recognized", "not recognised", "is not recognized", "does not like recipient",
    "not exactly match", "no matches to", "user doesn't", "unable to find", "cannot find user", "can't find user",
    "not registered", "unregistered", "not a recognised", "recipient verification failed", "undeliverable address",
    "recipient does not", "user does not", "list not found", "no aliases", "badly formed", "bad syntax",
    "malformed address", "bad address syntax", "unexpandable address", "addressee unknown", "may be misspelled",
    "resolver.adr", "email account that you tried to reach", "not a valid", "errcode=5110", "onbekende gebruiker",
    "gebruiker onbekend", "onbekend adres", "adres onbekend", "onbekende geadresseerde", "bestaat niet",
    "niet gevonden", "postvak onbekend", "ongeldig adres", "geen gebruiker", "is onbekend", "benutzer unbekannt",
    "unbekannter benutzer", "empfanger unbekannt", "unbekannter empfanger", "unbekannte adresse",
    "adresse unbekannt", "nicht bekannt", "existiert nicht", "nicht gefunden", "ungultige adresse",
    "ungultiger empfanger", "kein benutzer", "ist unbekannt", "nicht vorhanden", "utilisateur inconnu",
    "destinataire inconnu", "adresse inconnue", "compte inconnu", "inconnu", "n'existe pas", "introuvable",
    "adresse invalide", "destinataire invalide", "adresse d au moins un destinataire invalide",
    "adresse d'au moins un destinataire invalide", "n'a pas ete trouve", "non recense", "usuario desconocido",
    "no existe", "destinatario desconocido", "utente sconosciuto", "destinatario sconosciuto", "inesistente",
    "non esiste", "usuario desconhecido", "nao existe", "destinatario inexistente", "okand anvandare", "finns inte",
    "ukendt bruger", "findes ikke", "ukjent bruker", "ne sushchestvuet", "не существует", "не наиден", "неизвестныи",
    "uzytkownik nieznany", "nie istnieje", "neexistuje", "tuntematon", "nincs ilyen", "不存在", "無此用戶",
    "存在しません", "宛先不明", "見つかりません",
)  # fmt: skip
#: As in `BLOCKED`, where nothing else is said.
BLOCKED_SOFTLY = (
    "spam", "policy", "denied", "not authorized", "not authorised", "unauthorized", "not permitted", "not allowed",
    "not accepted", "rejected by", "was rejected", "message rejected", "been rejected", "refused", "forbidden",
    "prohibited", "reject ", "blocked", "filter", "go away", "not welcome", "refuse",
)  # fmt: skip
#: What even a server that speaks of policy in its code may say of a mailbox.
SURELY_NO_MAILBOX = (
    "user unknown", "unknown user", "recipient unknown", "unknown recipient", "no such user", "no such recipient",
    "no such mailbox", "no such address", "user not found", "recipient not found", "mailbox not found",
    "account does not exist", "mailbox does not exist", "user does not exist", "address does not exist",
    "user doesn't exist", "mailbox unavailable", "invalid recipient", "invalid mailbox", "unknown mailbox",
    "recipientnotfound", "recipnotfound",
)  # fmt: skip
#: In subjects of notices that a message did not arrive.
SUBJECTS = (
    "undeliver", "non deliver", "not delivered", "not be delivered", "could not deliver", "couldn't deliver",
    "delivery fail", "delivery has failed", "delivery failure", "delivery error", "delivery status notification",
    "delivery notification", "delivery report", "delivery problem", "delivery unsuccessful", "failed delivery",
    "failed mail", "failure notice", "failure notification", "failure delivery", "failure to deliver", "mail fail",
    "message fail", "mail error", "mail delivery", "mail not delivered", "mail system error",
    "message undeliverable", "returned mail", "returned to sender", "return to sender", "returning to sender",
    "returning message", "rejected mail", "automatically rejected", "unable to deliver", "undelivered",
    "unzustellbar", "error sending", "error in sending", "user unknown", "unknown user", "address not found",
    "message blocked", "processing error", "bounce", "bounced", "nondeliverable", "mail could not",
    "nameserver error report", "not listed in", "onbestelbaar", "niet bezorgd", "niet afgeleverd",
    "bezorging mislukt", "kon niet worden", "niet verzonden", "aflevering mislukt", "non remis", "echec de", "echec",
    "non delivre", "non distribue", "notification d'etat de remise", "non recense", "impossible de remettre",
    "nicht zugestellt", "zustellung", "fehlgeschlagen", "nicht zustellbar", "unzustellbare", "fehler bei der",
    "konnte nicht", "no se pudo entregar", "no entregado", "devuelto", "error de entrega", "mancata consegna",
    "impossibile recapitare", "nao entregue", "falha na entrega", "не доставлено", "niedostarcz", "zwrot",
    "oleveransbar", "kunne ikke leveres", "не удалось", "退信", "配信", "送信", "エラー",
)  # fmt: skip
#: In notices: a message was not delivered.
FAILED = (
    "could not be delivered", "couldn't be delivered", "cannot be delivered", "can not be delivered",
    "can't be delivered", "not been delivered", "not be delivered", "was not delivered", "wasn't delivered",
    "were not delivered", "not delivered", "unable to deliver", "unable to be delivered", "wasn't able to deliver",
    "was not able to deliver", "not able to deliver", "undeliverable", "undelivered", "delivery failed",
    "delivery has failed", "delivery failure", "failed to deliver", "failed permanently", "recipients failed",
    "recipient failed", "address failed", "address(es) failed", "addresses failed", "failed addresses",
    "failed recipient", "delivery error", "had permanent fatal errors", "permanent fatal errors", "permanent error",
    "fatal errors", "transcript of session", "did not reach", "didn't reach", "could not be reached",
    "couldn't be reached", "not be sent", "could not deliver", "couldn't deliver", "has been returned",
    "returned because", "being returned", "was returned", "was rejected", "been rejected", "did not receive",
    "was aborted", "has encountered", "delivery problems", "delivery to the following", "delivery status",
    "returning to sender", "was undeliverable", "non-delivery", "error while processing", "an error was detected",
    "user's mailbox is full", "no such user", "user unknown", "unknown user", "unable to send", "was unable",
    "i'm sorry to have to inform you", "invalid final delivery", "giving up", "given up", "wrong or no longer valid",
    "is wrong", "not accepting mail", "niet worden bezorgd", "niet bezorgd", "niet afgeleverd",
    "niet worden afgeleverd", "kon niet", "niet bestelbaar", "onbestelbaar", "niet aangekomen", "n'a pas pu etre",
    "n'ont pas pu etre", "pas ete delivre", "non remis", "pas ete remis", "impossible de remettre",
    "impossible de delivrer", "n'a pas ete", "echec de la remise", "n'a pu etre", "n'a pas abouti",
    "nicht zugestellt", "nicht zustellen", "nicht ausgeliefert", "konnte nicht", "konnten nicht", "unzustellbar",
    "fehlgeschlagen", "no pudo ser entregado", "no se pudo entregar", "no ha podido", "no se ha podido",
    "non e stato possibile", "impossibile recapitare", "non e stato recapitato", "nao pode ser", "nao foi possivel",
    "не может быть доставлено", "не удалось", "не доставлено", "nie moze", "nie zostala", "kunne ikke", "kunde inte",
    "配信できません", "送信できません", "無法", "无法", "退回",
)  # fmt: skip
#: In notices: delivery is tried on.
WAITING = (
    "not yet been delivered", "yet to be delivered", "has been delayed", "is delayed", "was delayed", "delayed for",
    "delayed by", "still being retried", "still trying", "will be retried", "will retry", "will continue to",
    "will keep trying", "attempts will continue", "attempts to deliver the message will continue",
    "will be made for", "has been postponed", "being delayed", "delivery delayed", "delayed mail", "message delayed",
    "delayed delivery", "warning only", "warning message only", "just a warning", "do not need to resend",
    "need not resend", "no action is required", "do not resend", "nog niet bezorgd", "vertraagd", "vertraging",
    "opnieuw geprobeerd", "retarde", "retardee", "pas encore", "nouvelle tentative", "de nouvelles tentatives",
    "verzogert", "noch nicht zugestellt", "erneut versucht", "retrasado", "ritardo", "em atraso", "(delay)",
    "on the queue", "wordt uitgesteld",
)  # fmt: skip
#: How subjects of notices begin that delivery is tried on.
WAITING_SUBJECTS = (
    "delay", "warning: message", "warning: could not", "message delayed", "mail delayed", "delivery delay",
    "vertrag",
)  # fmt: skip
#: In notices: a message was delivered.
ARRIVED = (
    "successfully delivered", "successful mail delivery", "was delivered to", "has been delivered to",
    "delivered to the following", "successfully relayed", "has been relayed", "delivered successfully",
    "confirmation of delivery", "succesvol bezorgd", "werd bezorgd", "is bezorgd", "a ete remis", "a bien ete",
    "erfolgreich zugestellt", "wurde zugestellt", "(success)", "(relay)", "entregado correctamente",
)  # fmt: skip
#: In answers of programs: away, or received.
ANSWERED = (
    "automatic reply", "auto reply", "auto-reply", "autoreply", "autoresponse", "auto response", "automated reply",
    "automated response", "automatic response", "autoresponder", "out of office", "out of the office", "ooo:",
    "i am away", "i'm away", "away from", "on vacation", "vacation", "on leave", "annual leave", "maternity leave",
    "parental leave", "automatisch antwoord", "automatische antwoord", "automatisch bericht", "afwezig",
    "afwezigheid", "niet op kantoor", "met verlof", "met vakantie", "buiten kantoor", "uit dienst",
    "reponse automatique", "absence du bureau", "absent du bureau", "absent(e)", "message d'absence", "absence:",
    "en conge", "en vacances", "automatische antwort", "abwesenheitsnotiz", "abwesenheit", "abwesend",
    "nicht im buro", "im urlaub", "ausser haus", "autoantwort", "respuesta automatica", "fuera de la oficina",
    "risposta automatica", "fuori ufficio", "resposta automatica", "ausencia", "fora do escritorio", "autosvar",
    "automatiskt svar", "automatisk svar", "fravaer", "franvaro", "poissa", "odpowiedz automatyczna", "automatická",
    "automaticka odpoved", "автоответ",
)  # fmt: skip
#: A person is to do something before the message goes on: a challenge, or a list's moderation.
ASKING = (
    "confirm your", "please confirm", "confirmation required", "verify your", "verification required",
    "verify that you", "click the link", "challenge", "awaits moderator", "awaiting moderator",
    "held for moderation", "moderator approval", "waiting for approval", "held for approval", "awaiting approval",
    "bevestig", "bevestiging vereist", "confirmez", "confirmer votre", "demande de confirmation", "bestatigen sie",
    "whitelist", "mailinblack", "boxtrapper", "spamarrest", "spam arrest", "not yet on", "prove you",
    "you are not a robot", "human",
)  # fmt: skip
