import { givenReference, type Ours, oursIn, payoutIdIn } from '../ours.ts';

/** What is searched for in the information to the account owner (field 86). Names and texts are passed over and not kept. */
export interface Details extends Ours {
  readonly endToEnd: string | null;
}

/**
 * Reads field 86, which banks write in several ways: with numbered subfields (`805?00…?20EREF+…?21SVWZ+…`), with SEPA's or SWIFT's
 * words (`/EREF/…/`), or as free text.
 */
export function readDetails(lines: readonly string[]): Details {
  // A line ends where it is full, also within a word; what was one comes together again.
  const joined = lines.join('');
  const isStructured = /^\s?\d{3}\?\d{2}/.test(joined);
  const text = isStructured
    ? joined
        .split(/\?(?=\d{2})/)
        .slice(1)
        // Who the other side is stands in ?30 to ?38.
        .filter((subfield) => /^[26]/.test(subfield))
        .map((subfield) => subfield.slice(2))
        .join('')
    : joined;
  const word =
    /EREF\+(.{1,60}?)(?=(?:KREF|MREF|CRED|DEBT|SVWZ|ABWA|ABWE|IBAN|BIC|COAM|OAMT)\+|$)/.exec(text)?.[1] ??
    /\/(?:EREF|ENDTOENDID)\/([^/]{1,35})/i.exec(text)?.[1];
  const endToEnd = givenReference(word?.split(/\s/)[0]);
  // Free text is searched as it was wrapped, too: where its lines were full there is no blank between them.
  const found = [oursIn(text), oursIn(lines.join(' '))];
  const serial = found.map((ours) => ours.serial).find((one) => one !== null) ?? null;
  const payoutId = payoutIdIn(endToEnd ?? '') ?? found.map((ours) => ours.payoutId).find((one) => one !== null) ?? null;
  return { serial, payoutId, endToEnd };
}
