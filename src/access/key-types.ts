import type { Page } from '../platform/index.ts';

/** What every key has, whoever holds it. The key itself is kept nowhere. */
interface KeyDetails {
  readonly id: string;
  /** The part of the key by which people tell keys apart. */
  readonly prefix: string;
  /** The key that this one took over from. */
  readonly replaces: string | null;
  readonly expiresAt: string;
  readonly revokedAt: string | null;
  /** To the hour. */
  readonly lastUsedAt: string | null;
  readonly createdBy: string;
  readonly createdAt: string;
  /** The second administrator, without whom the key opens nothing. */
  readonly confirmedBy: string | null;
  readonly confirmedAt: string | null;
}

/** Whose keys are meant. */
export type KeyHolder = { readonly partnerId: string } | { readonly serviceAccountId: string };

/** What a partner's key is good for: referrals in one programme. */
export interface PartnerUse {
  readonly partnerId: string;
  readonly programmeId: string;
}

/** What a service account's key is good for: some of what the account's role may do. */
export interface ServiceUse {
  readonly serviceAccountId: string;
  readonly permissions: readonly string[];
}

export type PartnerKey = KeyDetails & PartnerUse;
export type ServiceKey = KeyDetails & ServiceUse;
export type ApiKey = PartnerKey | ServiceKey;

/** A key that has just been made: the only time that it is seen. */
export type Issued<Key extends ApiKey> = Key & { readonly key: string };

type OfPartner<Key extends ApiKey> = Extract<Key, PartnerUse>;
type OfService<Key extends ApiKey> = Extract<Key, ServiceUse>;

/** A key that was looked for among a partner's. */
export function ofPartner<Key extends ApiKey>(key: Key): OfPartner<Key> {
  if (!('partnerId' in key)) throw new Error(`the key ${key.id} is no partner's`);
  return key as OfPartner<Key>;
}

/** A key that was looked for among a service account's, as an answer shows it. */
export function ofService<Key extends ApiKey>(key: Key): OfService<Key> & { permissions: string[] } {
  if (!('serviceAccountId' in key)) throw new Error(`the key ${key.id} is no service account's`);
  return { ...(key as OfService<Key>), permissions: [...key.permissions] };
}

/** A page of one holder's keys, each as an answer shows it. */
export const pageWith = <Key, Shown>({ items, nextCursor }: Page<Key>, show: (key: Key) => Shown): Page<Shown> => ({
  items: items.map(show),
  nextCursor,
});
