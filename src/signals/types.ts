import type { components } from '../contract/api.ts';

export const signalKinds = [
  'agent_burst',
  'out_of_hours',
  'far_from_home',
  'changed_before',
  'shared_document',
  'shared_collector',
  'shared_phone',
  'document_differs',
  'equal_at_close',
  'failed_codes_agent',
  'failed_codes_office',
  'failed_codes_voucher',
  'delivery_disputed',
] as const satisfies readonly components['schemas']['SignalKind'][];

export type SignalKind = (typeof signalKinds)[number];

/** Something that looks like fraud, as it is shown. */
export type Signal = components['schemas']['Signal'];

/** From which figures on something is looked at, as a programme set them. */
export type Threshold = components['schemas']['SignalThreshold'];

export type NewThreshold = components['schemas']['NewSignalThreshold'];

/** What one rule goes by in one programme. */
export interface Settings {
  readonly kind: SignalKind;
  readonly isOn: boolean;
  readonly least: number;
  readonly minutes: number;
  readonly factor: string | null;
  /** Hours of the day, `HH:MM:SS`. */
  readonly opens: string | null;
  readonly closes: string | null;
}

/** What is looked at: what came to a programme after one moment and until another, by the database's clock, to the microsecond as it writes them. */
export interface Slice {
  readonly programmeId: string;
  readonly timeZone: string;
  readonly since: string;
  readonly until: string;
}

/** What the findings of a rule rest on, one by one. */
export type Items = 'payouts' | 'tries' | 'households';

/** What a rule has found. */
export interface Found {
  /** The same finding has the same key. */
  readonly key: string;
  readonly officeId: string | null;
  readonly agentId: string | null;
  readonly concerns: readonly string[];
  readonly severity: Signal['severity'];
  readonly count: number;
  /** What it rests on, each by its identifier; as many as count. */
  readonly items: readonly string[];
  readonly from: Date;
  readonly to: Date;
  readonly evidence: Signal['evidence'];
}
