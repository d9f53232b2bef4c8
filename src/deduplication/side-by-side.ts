import { type Birth, type IdentityDocument, type Names, openPeople } from '../beneficiaries/index.ts';
import { type Evidence, inWords, type Language } from '../matching/index.ts';
import type { Db, KeyRing } from '../platform/index.ts';
import type { PairRow, SideRow } from './pair-store.ts';
import type { DuplicatePair, PairSide } from './types.ts';

interface Opened {
  readonly names: Names;
  readonly birth: Birth;
  readonly documents: readonly IdentityDocument[];
  readonly phones: readonly string[];
}

/** Pairs with both people opened, and the evidence in words beside what each of the two records says. */
export async function sideBySide(db: Db, keyRing: KeyRing, rows: readonly PairRow[], language: Language): Promise<DuplicatePair[]> {
  const ids = rows.flatMap(({ first, second }) => [first.id, second.id]);
  const people: ReadonlyMap<string, Opened | null> = await openPeople(db, keyRing, ids, ['names', 'birth', 'documents', 'phones']);
  return rows.map(({ first, second, evidence, decidedAt, foundAt, ...pair }) => {
    const [one, other] = [people.get(first.id) ?? null, people.get(second.id) ?? null];
    return {
      ...pair,
      first: sideOf(first, one),
      second: sideOf(second, other),
      evidence: evidence.map((item) => ({
        ...item,
        text: inWords(item, language),
        first: said(item.field, first, one),
        second: said(item.field, second, other),
      })),
      decidedAt: decidedAt?.toISOString() ?? null,
      foundAt: foundAt.toISOString(),
    };
  });
}

function sideOf({ id, registrationNumber, householdReference, state, registeredAt }: SideRow, person: Opened | null): PairSide {
  return {
    id,
    registrationNumber,
    names: person?.names ?? null,
    birth: person?.birth ?? null,
    householdReference,
    state,
    registeredAt: new Date(registeredAt).toISOString(),
  };
}

/** What a record says in a field that was compared, as text. */
function said(field: Evidence['field'], side: SideRow, person: Opened | null): string | null {
  if (!person) return null;
  const { names, birth, documents, phones } = person;
  switch (field) {
    case 'given':
    case 'middle':
    case 'family':
      return names[field] ?? '';
    case 'order':
      return [names.given, names.middle, names.family].filter(Boolean).join(' ');
    case 'birth':
      return birth.from === birth.to ? birth.from : `${birth.from}/${birth.to}`;
    case 'sex':
      return side.sex;
    case 'document':
      return documents.map(({ issuingCountry, number }) => `${issuingCountry} ${number}`).join(', ');
    case 'phone':
      return phones.join(', ');
    case 'location':
      return `${side.wilayaNumber} ${side.commune}`;
    case 'household':
      return side.householdReference;
  }
}
