import type { Role } from './permissions.ts';

export type Language = 'ar' | 'fr' | 'en';

/** A role that somebody holds; no programme, office or fund is everywhere, no end is until further notice. */
export interface RoleGrant {
  readonly id: string;
  readonly role: Role;
  readonly programmeId: string | null;
  readonly officeId: string | null;
  readonly fundId: string | null;
  readonly endsAt: string | null;
}

/** A role as an administrator gives it. */
export type NewRole = Pick<RoleGrant, 'role'> & {
  readonly [Field in 'programmeId' | 'officeId' | 'fundId' | 'endsAt']?: string | undefined;
};

/** Somebody who may sign in, with the roles that hold now. */
export interface User {
  readonly id: string;
  readonly email: string;
  readonly displayName: string;
  readonly language: Language;
  readonly grants: RoleGrant[];
  readonly disabledAt: string | null;
  readonly createdAt: string;
}

export interface NewUser {
  readonly email: string;
  readonly displayName: string;
  readonly language: Language;
  readonly password: string;
  /** Base32; a fresh one is made when it is left out. */
  readonly totpSecret?: string | undefined;
}

/** What a person needs to set up an authenticator. */
export interface TotpEnrolment {
  /** Base32. */
  readonly secret: string;
  /** `otpauth://` address, for a QR code. */
  readonly uri: string;
}

/** An organisation that refers people to programmes. */
export interface Partner {
  readonly id: string;
  readonly name: string;
  readonly createdAt: string;
}

/** A key of a partner's machine, good for referrals in one programme. The key itself is kept nowhere. */
export interface PartnerKey {
  readonly id: string;
  readonly partnerId: string;
  readonly programmeId: string;
  /** The part of the key by which people tell keys apart. */
  readonly prefix: string;
  /** The key that this one took over from. */
  readonly replaces: string | null;
  readonly expiresAt: string;
  readonly revokedAt: string | null;
  /** To the hour. */
  readonly lastUsedAt: string | null;
  readonly createdAt: string;
}

/** A key that has just been made: the only time that it is seen. */
export type IssuedKey = PartnerKey & { readonly key: string };

/** A session that has just begun: the only time that its token is seen. */
export interface SignedIn {
  readonly token: string;
  readonly expiresAt: string;
  readonly user: Pick<User, 'id' | 'displayName' | 'language' | 'grants'>;
}
