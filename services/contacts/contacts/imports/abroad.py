"""What columns are called in the languages of Europe's larger markets, and by the programs that people bring their
lists from: Outlook, Google, Salesforce, HubSpot, EspoCRM, Odoo. Accents do not count, so they are left out."""

from __future__ import annotations

HEADERS: dict[str, tuple[str, ...]] = {
    "name": ("ansprechpartner", "kunde", "nombre completo", "nominativo", "naam", "cliente"),
    "given_name": ("vorname", "prenom", "nombre", "nome", "voornaam"),
    "family_name": (
        "nachname", "familienname", "nom", "nom de famille", "apellido", "apellidos", "cognome", "achternaam",
    ),
    "email": (
        "e-mail 2 address", "e-mail 3 address", "e-mail 1 value", "e-mail 2 value", "e-mail 3 value", "email 3",
        "other email", "secondary email", "mailadresse", "courriel", "adresse e-mail", "correo", "correo electronico",
    ),
    "phone": (
        "business phone", "business phone 2", "home phone 2", "other phone", "primary phone", "phone 3",
        "phone 1 value", "phone 2 value", "phone 3 value", "telefon", "telefonnummer", "handy", "handynummer", "mobil",
        "mobiltelefon", "mobilnummer", "rufnummer", "portable", "telephone portable", "telephone fixe", "telefono",
        "movil", "cellulare", "telefoon", "mobiel",
    ),
    "company_name": (
        "associated company", "firma", "firmenname", "unternehmen", "societe", "entreprise", "empresa", "azienda",
        "bedrijf",
    ),
    "job_title": (
        "account title", "organization title", "function", "funktion", "fonction", "poste", "cargo", "puesto",
        "functie",
    ),
    "department": ("abteilung", "departement", "service", "departamento", "reparto", "afdeling"),
    "country": ("country region", "country id", "land", "pays", "pais", "paese"),
    "region": ("state province", "state region", "state id", "bundesland", "provincia"),
    "city": ("ort", "stadt", "wohnort", "ville", "ciudad", "citta", "plaats"),
    "postcode": ("zip postal code", "plz", "postleitzahl", "code postal", "codigo postal", "cap"),
    "address": (
        "straße", "straße hausnummer", "anschrift", "adresse", "rue", "direccion", "calle", "indirizzo", "straat",
    ),
    "note": (
        "bemerkung", "bemerkungen", "notiz", "notizen", "remarques", "commentaire", "notas", "observaciones",
    ),
    "tags": ("categories", "schlagworte", "etiquettes", "etiquetas"),
    "source": ("quelle", "herkunft", "origine", "origen"),
    "domain": ("webseite", "site web", "sitio web", "sito web", "web page"),
    "industry": ("branche", "secteur"),
    "employees": ("mitarbeiter", "mitarbeiterzahl", "effectif", "empleados", "dipendenti"),
}  # fmt: skip
# Before the parts of the one address that such a program knows: `Mailing City`, `Address 1 - City`.
MAIN = ("mailing", "address", "address 1")
