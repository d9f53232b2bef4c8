import type { KeyRing } from '../../platform/index.ts';
import { openPerson } from '../sealing.ts';
import type { HoldRow } from './hold-store.ts';

/** A held number as an office sees it: enough to know it again beside somebody's file, too little to call it. */
export interface HeldPhone {
  readonly id: string;
  readonly beneficiaryId: string;
  readonly registrationNumber: string;
  /** The last two digits of each number of now that was not there before. */
  readonly newEndings: string[];
  /** The last two digits of each number that was trusted last; none where a merger brought the new one. */
  readonly oldEndings: string[];
  /** The record that was merged into this one, where that is how the number came. */
  readonly mergedId: string | null;
  readonly changedBy: string;
  readonly changedAt: string;
  readonly heldUntil: string;
  readonly decision: 'confirmed' | 'refused' | null;
  readonly reason: string | null;
  readonly decidedBy: string | null;
  readonly decidedAt: string | null;
}

/** The numbers that were trusted last; none when a merger brought those of now, or the person was erased. */
export const trustedNumbers = (keyRing: KeyRing, { beneficiaryId, data_key, phonesBefore }: HoldRow): readonly string[] =>
  phonesBefore ? (openPerson(keyRing, beneficiaryId, { data_key, phones: phonesBefore }, ['phones'])?.phones ?? []) : [];

/** Opens a hold for the office. */
export function shownHold(keyRing: KeyRing, row: HoldRow): HeldPhone {
  const { data_key, phones, phonesBefore: _sealed, programmeId: _programme, ...hold } = row;
  const before = trustedNumbers(keyRing, row);
  const now = openPerson(keyRing, row.beneficiaryId, { data_key, phones }, ['phones'])?.phones ?? [];
  const ending = (phone: string) => phone.slice(-2);
  return {
    ...hold,
    newEndings: now.filter((phone) => !before.includes(phone)).map(ending),
    oldEndings: before.map(ending),
    changedAt: row.changedAt.toISOString(),
    heldUntil: row.heldUntil.toISOString(),
    decidedAt: row.decidedAt?.toISOString() ?? null,
  };
}
