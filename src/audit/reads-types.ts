import type { Purpose } from '../platform/index.ts';

/** That somebody was shown people, without whom. */
export interface PersonReadLine {
  readonly id: string;
  readonly at: string;
  readonly actorId: string;
  readonly actorKind: 'user' | 'partner' | 'service' | 'public' | 'system';
  /** Null for whoever is no user. */
  readonly actorName: string | null;
  readonly sessionId: string | null;
  readonly purpose: Purpose;
  readonly purposeStated: boolean;
  readonly operation: string;
  readonly programmeId: string | null;
  /** How many people were shown. */
  readonly people: number;
  readonly source: { readonly type: string; readonly id: string } | null;
  readonly requestId: string | null;
}

/** The same with whom. */
export interface PersonReadDetail extends PersonReadLine {
  readonly beneficiaryIds: string[];
}

/** What is looked for among readings. */
export interface ReadFilter {
  readonly actorId?: string;
  readonly purpose?: Purpose;
  readonly operation?: string;
  readonly programmeId?: string;
  readonly beneficiaryId?: string;
  /** From this instant on, RFC 3339. */
  readonly from?: string;
  /** Before this instant, RFC 3339. */
  readonly to?: string;
}
