import { type CommandContext, command, isId, type Page, pageRequest, problem } from '../../platform/index.ts';
import { indexPerson } from '../index-person.ts';
import { lockPerson, writeChange } from '../person-changes.ts';
import { say } from '../words.ts';
import { type HeldPhone, shownHold, trustedNumbers } from './held-phone.ts';
import { decideHold, type HoldRow, holdById, lockHold, pageOfHolds } from './hold-store.ts';

interface Deciding {
  readonly holdId: string;
  /** How the number was checked, or why it is refused, in words that name nobody. */
  readonly reason: string;
}

const settled = () => problem.conflict(say('phone_settled'));

/**
 * Confirms a changed number. Codes go to it once it has also waited.
 * @throws not_found; separation_of_duties to whoever had a hand in the change; conflict when it is held no more or was decided before
 */
export const confirmPhone = command<Deciding, HeldPhone>({
  name: 'beneficiaries.confirm_phone',
  scope: async (db, { holdId }) => ({ programme: (await holdById(db, holdId)).programmeId }),
  async run(context, { holdId, reason }) {
    const before = await stillHeld(context, holdId);
    if (before.decision) throw problem.conflict(say('phone_decided'));
    const { tx, actor, now, keyRing } = context;
    await decideHold(tx, holdId, { decision: 'confirmed', by: actor.id, at: now, reason });
    const result = shownHold(keyRing, await holdById(tx, holdId));
    return { result, subject: { type: 'beneficiary', id: before.beneficiaryId }, before: { held: holdId }, after: result, reason };
  },
});

/**
 * Refuses a changed number: the person has those again that were trusted last, and codes go there. The person is to be compared again.
 * @throws not_found; conflict when it is held no more, or when a merger brought it, which is undone instead
 */
export const refusePhone = command<Deciding, { readonly beneficiaryId: string }>({
  name: 'beneficiaries.refuse_phone',
  scope: async (db, { holdId }) => ({ programme: (await holdById(db, holdId)).programmeId }),
  async run(context, { holdId, reason }) {
    const { tx, actor, now, keyRing } = context;
    const { beneficiaryId, mergedId } = await holdById(tx, holdId);
    // The person before the hold, as whoever changes a number takes them.
    const person = await lockPerson(tx, keyRing, beneficiaryId);
    const hold = await stillHeld(context, holdId);
    if (mergedId) throw problem.conflict(say('phone_of_merger'), { mergedId });
    await decideHold(tx, holdId, { decision: 'refused', by: actor.id, at: now, reason });
    const { row, before } = person;
    const after = { ...before, phones: trustedNumbers(keyRing, hold) };
    await writeChange(context, person, after, row.household.id, reason);
    const home = { wilayaNumber: after.wilaya, commune: after.commune };
    await indexPerson(context, row.programmeId, beneficiaryId, { ...after, household: { reference: after.household } }, home);
    return { result: { beneficiaryId }, subject: { type: 'beneficiary', id: beneficiaryId }, before, after, reason };
  },
});

async function stillHeld({ tx, now }: CommandContext, holdId: string): Promise<HoldRow> {
  if (!(await lockHold(tx, holdId, now))) throw settled();
  return holdById(tx, holdId);
}

interface ListRequest {
  readonly programmeId: string;
  readonly query: { readonly limit?: number; readonly cursor?: string };
}

const fits = (key: string): boolean =>
  /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z\//.test(key) && !Number.isNaN(Date.parse(key.slice(0, 24))) && isId(key.slice(25));

/** The numbers that are held in a programme, the longest first. It tells of telephones, so reading it leaves a trace. */
export const listHeldPhones = command<ListRequest, Page<HeldPhone>>({
  name: 'beneficiaries.read_held_phones',
  scope: (_db, { programmeId }) => ({ programme: programmeId }),
  async run({ tx, keyRing, now }, { programmeId, query }) {
    const { limit, after } = pageRequest(query, fits);
    const { items, nextCursor } = await pageOfHolds(tx, programmeId, now, limit, after);
    const shown = items.map((row) => shownHold(keyRing, row));
    return {
      result: { items: shown, nextCursor },
      subject: { type: 'beneficiaries_of_programme', id: programmeId },
      after: items.map(({ id }) => id),
    };
  },
});
