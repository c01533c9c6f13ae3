"""The words of the register that no definition says, in the languages of an authority that may ask for it."""

from __future__ import annotations

from collections.abc import Mapping

#: Language of who asks for none that is here.
DEFAULT = "en"

#: Key -> language -> text.
WORDS: Mapping[str, Mapping[str, str]] = {
    "title": {
        "nl": "Register van de verwerkingsactiviteiten (artikel 30 AVG)",
        "fr": "Registre des activités de traitement (article 30 RGPD)",
        "en": "Register of processing activities (article 30 GDPR)",
    },
    "controller": {"nl": "Verwerkingsverantwoordelijke", "fr": "Responsable du traitement", "en": "Controller"},
    "purposes": {"nl": "Doeleinden", "fr": "Finalités", "en": "Purposes"},
    "campaign": {"nl": "Campagne", "fr": "Campagne", "en": "Campaign"},
    "purpose": {"nl": "Doel", "fr": "Finalité", "en": "Purpose"},
    "people": {"nl": "Betrokkenen", "fr": "Personnes concernées", "en": "People"},
    "data": {"nl": "Gegevens", "fr": "Données", "en": "Data"},
    "recipients": {"nl": "Ontvangers", "fr": "Destinataires", "en": "Recipients"},
    "owner": {"nl": "Contact", "fr": "Contact", "en": "Contact"},
    "kept": {
        "nl": "Gegevens in het bestand die geen campagne gebruikt",
        "fr": "Données du fichier qu'aucune campagne n'utilise",
        "en": "Data in the roster that no campaign uses",
    },
    "retention": {"nl": "Bewaartermijnen", "fr": "Durées de conservation", "en": "Retention"},
    "measures": {"nl": "Beveiligingsmaatregelen", "fr": "Mesures de sécurité", "en": "Security measures"},
    "none": {"nl": "geen", "fr": "aucune", "en": "none"},
    "days": {"nl": "dagen", "fr": "jours", "en": "days"},
    "everyone": {"nl": "alle gerechtigden", "fr": "tous les ayants droit", "en": "all entitled people"},
    "unsaid": {"nl": "niet vermeld", "fr": "non précisée", "en": "not said"},
    "email": {"nl": "mailserver", "fr": "serveur de messagerie", "en": "mail server"},
    "webhook": {
        "nl": "ander systeem (webhook)", "fr": "autre système (webhook)", "en": "another system (webhook)",
    },
    "handover": {
        "nl": "medewerkers die het met de hand doen", "fr": "collaborateurs qui le font à la main",
        "en": "colleagues who do it by hand",
    },
    "content": {
        "nl": "berichten en lijsten", "fr": "messages et listes", "en": "messages and lists",
    },
    "receipts": {"nl": "ontvangstbewijzen", "fr": "accusés de réception", "en": "receipts"},
    "events": {"nl": "gebeurtenissen", "fr": "événements", "en": "events"},
    "measured": {
        "nl": "Hoe vaak een link gevolgd wordt, wordt per dag geteld, niet per persoon: de link is voor iedereen "
        "dezelfde. Zo in de campagnes:",
        "fr": "Le nombre de fois qu'un lien est suivi est compté par jour, non par personne : le lien est le même pour "
        "tous. Ainsi dans les campagnes :",
        "en": "How often a link is followed is counted by day, not by person: the link is the same for everybody. "
        "So in the campaigns:",
    },
    "ledger": {
        "nl": "wat verstuurd is: tot de persoon gewist wordt, daarna zonder persoon",
        "fr": "ce qui a été envoyé : jusqu'à l'effacement de la personne, ensuite sans personne",
        "en": "what was sent: until the person is erased, then without a person",
    },
}  # fmt: skip

#: What protects the data, whatever the definitions say; each language has the same ones.
MEASURES: Mapping[str, tuple[str, ...]] = {
    "nl": (
        "Wie iets goedkeurt, invoert, stuurt of bekijkt, staat in een logboek dat de databank niet laat wijzigen.",
        "Namen, adressen en berichten staan niet in logbestanden of foutmeldingen.",
        "Adressen die niet meer aangeschreven worden, zijn alleen als hash met een sleutel bekend.",
        "Aantallen van weinig personen worden niet getoond.",
        "Geen enkel bericht meet wie het opent.",
        "Een gewiste persoon laat in databank en bestanden geen spoor na.",
    ),
    "fr": (
        "Approbations, importations, commandes et consultations sont journalisées, sans modification possible.",
        "Ni noms, ni adresses, ni messages dans les journaux techniques et les erreurs.",
        "Les adresses auxquelles on n'écrit plus ne sont connues que par un hachage à clé.",
        "Les nombres de peu de personnes ne sont pas montrés.",
        "Aucun message ne mesure qui l'ouvre.",
        "Une personne effacée ne laisse aucune trace dans la base de données ni dans les fichiers.",
    ),
    "en": (
        "Approvals, imports, commands and looks at a person stand in a log that the database refuses to change.",
        "No names, addresses or messages in technical logs and errors.",
        "Addresses that are no longer written to are known by a keyed hash alone.",
        "Numbers about few people are not shown.",
        "No message measures who opens it.",
        "A person who is erased leaves no trace in the database and its files.",
    ),
}


def word(key: str, language: str) -> str:
    """The text in that language; in English where there is none."""
    texts = WORDS[key]
    return texts.get(language, texts[DEFAULT])
