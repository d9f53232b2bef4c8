import type { Language } from './languages.ts';

/** Where a record belongs, for instance `{programme: id}`; a grant reaches a record when it names nothing else. */
export type Scope = Readonly<Record<string, string | undefined>>;

/** A role that somebody holds, within a scope; an empty scope is everywhere. */
export interface Grant {
  readonly role: string;
  readonly scope: Scope;
}

/** Who acts: a person signed in, a partner's or the agency's own machine with a key, somebody at a public door, or the system itself. */
export interface Actor {
  readonly id: string;
  readonly kind: 'user' | 'partner' | 'service' | 'public' | 'system';
  readonly grants: readonly Grant[];
  /** When the actor last gave a second factor. */
  readonly secondFactorAt: Date | null;
  readonly sessionId?: string;
  /** The enrolled device that the session was begun on with a PIN. Such a session gives no full second factor. */
  readonly deviceId?: string;
  /** When the PIN was last given on that device. */
  readonly pinAt?: Date;
  /** The key that a machine showed. */
  readonly keyId?: string;
  /** The permissions that the key is good for: of what the grants allow, no more than these. */
  readonly only?: readonly string[];
  /** The language that a user reads. */
  readonly language?: Language;
}
