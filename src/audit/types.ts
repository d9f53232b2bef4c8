import type { Actor } from '../platform/index.ts';

/** What one command did, to whom and by whom. */
export interface AuditEvent {
  readonly id: string;
  readonly at: string;
  readonly actorId: string;
  readonly actorKind: Actor['kind'] | null;
  /** The key that a machine showed. */
  readonly keyId: string | null;
  readonly command: string;
  readonly subjectType: string;
  readonly subjectId: string;
  readonly programmeId: string | null;
  readonly officeId: string | null;
  readonly fundId: string | null;
  /** Keyed digest (HMAC-SHA-256) of the subject's state, in hexadecimal. */
  readonly beforeDigest: string | null;
  readonly afterDigest: string | null;
  readonly reason: string | null;
  /** The code of the problem that the command ended in. */
  readonly refusal: string | null;
  readonly requestId: string | null;
}

/** The fields of an event, in the order of an export's columns. */
export const eventFields = [
  'id',
  'at',
  'actorId',
  'command',
  'subjectType',
  'subjectId',
  'programmeId',
  'officeId',
  'fundId',
  'beforeDigest',
  'afterDigest',
  'reason',
  'refusal',
  'requestId',
] as const satisfies readonly (keyof AuditEvent)[];

/** What is looked for in the trail. */
export interface AuditFilter {
  readonly subjectId?: string;
  readonly actorId?: string;
  readonly command?: string;
  readonly programmeId?: string;
  /** From this instant on, RFC 3339. */
  readonly from?: string;
  /** Before this instant, RFC 3339. */
  readonly to?: string;
}

/** The same in the three languages of the platform. */
export interface Words {
  readonly ar: string;
  readonly fr: string;
  readonly en: string;
}
