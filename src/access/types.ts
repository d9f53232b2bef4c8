import type { Role } from './roles.ts';

export type Language = 'ar' | 'fr' | 'en';

/** A role that somebody holds; no programme, office or fund is everywhere, no end is until further notice. */
export interface RoleGrant {
  readonly id: string;
  readonly role: Role;
  readonly programmeId: string | null;
  readonly officeId: string | null;
  readonly fundId: string | null;
  /** The most that a payment list may come to which the holder signs. */
  readonly limit: { readonly amount: string; readonly currency: string } | null;
  readonly endsAt: string | null;
}

/** A role as an administrator gives it. */
export type NewRole = Pick<RoleGrant, 'role'> & {
  readonly [Field in 'programmeId' | 'officeId' | 'fundId' | 'endsAt']?: string | undefined;
} & { readonly limit?: RoleGrant['limit'] | undefined };

/** Somebody who may sign in, with the roles that hold now. */
export interface User {
  readonly id: string;
  readonly email: string;
  readonly displayName: string;
  readonly language: Language;
  readonly grants: RoleGrant[];
  /** When they accepted their invitation. */
  readonly activatedAt: string | null;
  readonly disabledAt: string | null;
  readonly createdAt: string;
}

/** Somebody to invite. What they sign in with is theirs alone to choose. */
export type NewUser = Pick<User, 'email' | 'displayName' | 'language'>;

/** Something that an administrator or an auditor should look at. */
export interface Alert {
  readonly id: string;
  readonly kind: string;
  readonly at: string;
  readonly subject: { readonly type: string; readonly id: string };
  readonly programmeId: string | null;
  readonly facts: Record<string, string | number>;
  readonly seenBy: string | null;
  readonly seenAt: string | null;
}

/** What a link that is sent by e-mail is for. */
export type LinkPurpose = 'invitation' | 'password_reset' | 'second_factor';

/** A link that is sent by e-mail, without the secret that makes it one. */
export interface Link {
  readonly id: string;
  readonly userId: string;
  readonly purpose: LinkPurpose;
  readonly keyVersion: number;
  readonly expiresAt: Date;
  readonly wrongTries: number;
}

/** What somebody takes away who has set up an authenticator: the only time that it is seen. */
export interface NewSecrets {
  readonly recoveryCodes: string[];
  readonly deviceToken: string;
}

/** The person who asks. */
export type CurrentUser = Pick<User, 'id' | 'displayName' | 'language' | 'grants'> & {
  /** Codes for a lost authenticator that are not used yet. */
  readonly recoveryCodesLeft: number;
};

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

/** A session that has just begun: the only time that its token is seen. */
export interface SignedIn {
  readonly token: string;
  readonly expiresAt: string;
  /** Tells this device from a stranger's when it signs in again. */
  readonly deviceToken: string;
  readonly user: CurrentUser;
}
