import { z } from 'zod';
import type { Entry } from './device/entry.ts';
import type { OpenPack } from './store/entries.ts';
import type { OfflineReason } from './types.ts';

/** How far the clock of a device may be from ours. */
export const CLOCK_TOLERANCE_MS = 10 * 60_000;

const common = {
  format: z.literal('sanad-offline-1'),
  packId: z.uuid(),
  deviceId: z.uuid(),
  sequence: z.number().int().min(1).max(100_000),
  previous: z.string().regex(/^[0-9a-f]{64}$/),
  at: z.iso.datetime(),
};
const serial = z.string().regex(/^\d{14}$/);
const entry = z.discriminatedUnion('kind', [
  z.strictObject({
    ...common,
    kind: z.literal('payout'),
    serial,
    amount: z.strictObject({ amount: z.string().regex(/^\d{1,16}(\.\d{1,4})?$/), currency: z.string().regex(/^[A-Z]{3}$/) }),
    collectorId: z.uuid(),
    alternateId: z.uuid().optional(),
    documentType: z.enum(['passport', 'residence_permit', 'national_id', 'consular_card', 'unhcr_certificate', 'other']),
    documentLastFour: z.string().regex(/^[0-9A-Z]{4}$/),
    proof: z.string().max(100),
  }),
  z.strictObject({ ...common, kind: z.literal('wrong_code'), serial }),
  z.strictObject({ ...common, kind: z.literal('close') }),
]);

/** Reads what a device signed; undefined when it is no entry. */
export function readEntry(payload: string): Entry | undefined {
  try {
    return entry.parse(JSON.parse(payload));
  } catch {
    return undefined;
  }
}

const neverBooked: readonly OfflineReason[] = [
  'bad_signature',
  'unreadable',
  'other_pack',
  'not_in_pack',
  'wrong_amount',
  'code_unproven',
  'hand_in_list',
];

/** Whether finance may accept what is in conflict for this. The database holds the same list (constraint `offline_conflicts_acceptable`). */
export const isAcceptable = (reason: OfflineReason): boolean => !neverBooked.includes(reason);

/** Where an entry stands against the chain as far as it is here. */
export type Place = 'next' | 'later' | Extract<OfflineReason, 'forked' | 'broken_chain'>;

export function placeOf(
  { headSequence, headHash }: Pick<OpenPack, 'headSequence' | 'headHash'>,
  { sequence, previous }: Pick<Entry, 'sequence' | 'previous'>,
): Place {
  if (sequence <= headSequence) return 'forked';
  if (sequence > headSequence + 1) return 'later';
  return previous === headHash ? 'next' : 'broken_chain';
}

/** Why nothing that a pack's device reports is booked any more. */
export const stateReason = (state: OpenPack['state']): OfflineReason | undefined =>
  state === 'out' ? undefined : state === 'lost' ? 'device_lost' : 'pack_over';

/**
 * What is wrong with the time of a pay-out; undefined when nothing is. The clock of a device is its holder's to set: what is certain is only that it
 * did not go back, and that what was not there at the last report was made after it. How long a device says that its chain is, it has not signed: what
 * counts is the highest sequence number that it has.
 */
export function clockReason(
  pack: Pick<OpenPack, 'startsAt' | 'endsAt' | 'lastEntryAt' | 'syncedAt' | 'highestSequence'>,
  { sequence }: Pick<Entry, 'sequence'>,
  at: Date,
  now: Date,
  revokedAt: Date | null,
): OfflineReason | undefined {
  if (pack.lastEntryAt && at < pack.lastEntryAt) return 'clock_went_back';
  if (at < pack.startsAt || at > pack.endsAt) return 'outside_window';
  if (at.getTime() > now.getTime() + CLOCK_TOLERANCE_MS) return 'clock_ahead';
  const isLaterReport = pack.syncedAt !== null && sequence > pack.highestSequence;
  if (isLaterReport && at.getTime() < (pack.syncedAt?.getTime() ?? 0) - CLOCK_TOLERANCE_MS) return 'before_last_sync';
  return revokedAt && at > revokedAt ? 'device_lost' : undefined;
}

/** When a wrong code counts as tried: as the device says, but within its pack and not after now. */
export const countedAt = ({ startsAt, endsAt }: Pick<OpenPack, 'startsAt' | 'endsAt'>, at: Date, now: Date): Date =>
  new Date(Math.min(Math.max(at.getTime(), startsAt.getTime()), endsAt.getTime(), now.getTime()));
