import type { FaultCode } from './faults-en.ts';

export const french: Readonly<Record<FaultCode, string>> = {
  cells_wrong: "Cette ligne a plus ou moins de cellules que l'en-tête. Cherchez un séparateur ou un guillemet de trop.",
  not_a_person: 'Cette ligne ne dit presque rien d’une personne : un total, une note ou encore l’en-tête. Supprimez-la, ou remplissez-la.',
  answer_unreadable:
    "Cette réponse dépasse 32767 caractères, contient un caractère qu'aucun texte ne contient, ou est de trop, comme un quatrième document. Regardez la soumission et écrivez ce qui était voulu.",
  submission_twice:
    'Une autre ligne du fichier est la même soumission. Supprimez-en une, ou donnez à chaque personne son propre identifiant.',
  name_missing: 'Écrivez au moins un nom.',
  name_too_long: 'Écrivez au plus 200 caractères.',
  name_without_letters: 'Écrivez le nom en lettres, ou laissez cette partie vide.',
  name_lost_letters:
    "Des lettres de ce nom ont été perdues : des points d'interrogation ou des signes sont à leur place. Reprenez-le de la liste d'origine, enregistrée en « CSV UTF-8 », ou tapez-le de nouveau.",
  formula_in_name: 'Un nom ne commence pas par = + - ou @. Écrivez le nom lui-même.',
  control_characters:
    "Ce texte contient un caractère invisible, par exemple un caractère qui change le sens de l'écriture. Tapez-le de nouveau à la main.",
  text_too_long: 'Écrivez au plus 200 caractères.',
  sex_unknown: 'Écrivez femme, homme ou autre.',
  birth_missing: "Écrivez la date de naissance, ou dites qu'elle est inconnue.",
  birth_impossible: "Cette date n'existe pas. Écrivez le jour, le mois et l'année, ou l'année seule.",
  age_impossible: "Écrivez l'âge en années entières, de 0 à 120.",
  birth_in_future: "Personne ne naît après aujourd'hui. Vérifiez l'année.",
  birth_too_long_ago: "Personne n'est né il y a si longtemps. Vérifiez l'année.",
  birth_range_wrong:
    "Une date exacte commence et finit le même jour ; une année va du 1er janvier au 31 décembre ; rien ne finit avant d'avoir commencé.",
  birth_precision_unknown: 'Dites si la date est exacte, une année ou inconnue.',
  nationality_unknown: 'Écrivez le pays en trois lettres majuscules (ISO 3166-1 alpha-3), comme MLI.',
  document_incomplete: "Écrivez le type du document et son numéro, ou ni l'un ni l'autre.",
  document_type_unknown: 'Nommez un des documents que ce programme connaît, ou autre.',
  digits_lost:
    'Un tableur a abrégé ce numéro, comme dans 2.13E+11, et ses chiffres sont perdus. Reprenez-le de la liste d’origine, dans une colonne au format texte.',
  document_country_unknown: 'Écrivez le pays du document en trois lettres majuscules (ISO 3166-1 alpha-3).',
  document_number_too_long: 'Écrivez au plus 60 caractères.',
  document_twice: 'Ce document est écrit deux fois. Supprimez-en un.',
  documents_too_many: 'Écrivez au plus 10 documents.',
  attestation_missing: "Sans document, dites pourquoi il n'y en a pas et qui se porte garant de la personne.",
  attestation_with_document: "Supprimez l'attestation : la personne a un document.",
  attester_missing: 'Écrivez qui se porte garant de la personne.',
  phone_invalid:
    'Écrivez un numéro de téléphone en chiffres, comme 0550 12 34 56 ; un numéro étranger avec son indicatif, comme +223 70 12 34 56.',
  phones_too_many: 'Écrivez au plus 5 numéros de téléphone.',
  household_missing: 'Écrivez la référence du ménage.',
  household_reference_too_long: 'Écrivez au plus 60 caractères.',
  household_size_invalid: 'Écrivez combien de personnes vivent dans le ménage, de 1 à 60.',
  household_has_head:
    'Ce ménage a un autre chef. Donnez à une autre famille sa propre référence ; sinon, changez le chef du ménage, ou choisissez un autre lien.',
  household_head_twice:
    'La ligne {row} du fichier est le chef de ce ménage. Donnez à une autre famille sa propre référence ; sinon, choisissez un autre lien.',
  household_size_differs:
    'Ce ménage est enregistré avec une autre taille. Écrivez la même, et changez la taille du ménage lui-même si elle n’est pas juste.',
  household_of_others:
    'Quelqu’un d’autre a été enregistré sous cette référence. Donnez à une autre famille sa propre référence ; pour le même ménage, dites que le fichier continue des ménages connus.',
  relationship_unknown: 'Écrivez chef, conjoint, enfant, parent, frère ou sœur, ou autre.',
  wilaya_unknown: "Cette wilaya n'existe pas. Écrivez son numéro ou son nom.",
  commune_unknown: "Cette wilaya n'a pas cette commune.",
  language_unknown: 'Écrivez ar, fr ou en.',
  answer_unknown: "Cette réponse n'est pas une de celles que la question permet.",
  answer_out_of_range: "Ce nombre est négatif, n'est pas entier ou est bien trop grand. Vérifiez-le.",
  rent_negative: 'Le nombre de mois de loyer impayés est zéro ou plus.',
  meals_negative: 'Le nombre de repas par jour est zéro ou plus.',
  consent_missing: "Personne n'est enregistré sans consentement. Notez comment il a été donné.",
  consent_unclear: 'Écrivez oui ou non : cette réponse ne dit pas si la personne a accepté.',
  consent_method_unknown:
    'Dites comment le consentement a été donné : signature, enregistrement audio, scan, oral avec témoin, oral à distance ou en ligne.',
  consent_reference_missing: "Écrivez où se trouve la preuve : le numéro du papier, de l'enregistrement, du scan ou de l'appel.",
  consent_witness_missing: 'Écrivez qui a entendu la personne consentir.',
  consent_online_by_others:
    "En ligne, chacun consent pour soi-même. Dites comment la personne vous l'a dit : signature, enregistrement audio, scan, oral avec témoin ou oral à distance.",
  consent_before_birth: 'Ce jour est avant la naissance de la personne. Vérifiez l’année.',
  consent_twice: 'Donnez chaque finalité une seule fois.',
  registration_date_impossible: "Cette date n'existe pas. Écrivez le jour, le mois et l'année.",
  registration_in_future: "Cette date est après aujourd'hui. Vérifiez l'année.",
  valid_until_past: 'Ce jour est passé. Écrivez le dernier jour où la personne peut retirer.',
  not_a_member: "Cette personne n'est pas membre du ménage. Nommez quelqu'un qui l'est.",
  size_below_members:
    "Plus de personnes que cela sont enregistrées dans ce ménage. Écrivez combien il en compte, ou corrigez d'abord qui en fait partie.",
};
