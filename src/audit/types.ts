/** What one command did, to whom and by whom. */
export interface AuditEvent {
  readonly id: string;
  readonly at: string;
  readonly actorId: string;
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
