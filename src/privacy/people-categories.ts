import { type CommandContext, newId, type Sql, sql } from '../platform/index.ts';
import type { Category, Dropped, Place } from './category.ts';
import { erase, inHand } from './erase.ts';
import { insertErasures } from './erasure-store.ts';

/** Nobody who is erased already, who was merged into somebody else, or to whom anything was ever owed. */
const neverAssisted = sql`b.erased_at is null and b.merged_into is null and b.data_key is not null
  and not exists (select from entitlements t join beneficiaries r on r.id = t.beneficiary_id where r.id = b.id or r.merged_into = b.id)`;

/** People who asked and were never enrolled. Who was enrolled once and has left is in the other category. */
const applicants = ({ programmeId, before }: Place): Sql => sql`select b.id::text as id
  from enrolments e join beneficiaries b on b.id = e.beneficiary_id
  where e.programme_id = ${programmeId} and e.state = 'applicant' and e.changed_at < ${before} and b.registered_at < ${before} and ${neverAssisted}`;

/** People who have left, counted from then or from their last payment, whichever came later, on any record of theirs. */
const exited = ({ programmeId, before }: Place): Sql => sql`select b.id::text as id
  from enrolments e join beneficiaries b on b.id = e.beneficiary_id
  where e.programme_id = ${programmeId} and e.state = 'exited' and e.changed_at < ${before}
    and b.erased_at is null and b.merged_into is null and b.data_key is not null
    and not exists (select from beneficiaries r join vouchers v on v.beneficiary_id = r.id or v.collector_id = r.id
      left join payouts p on p.voucher_id = v.id where (r.id = b.id or r.merged_into = b.id) and coalesce(p.paid_at, v.issued_at) >= ${before})`;

/** Erases those of whom nothing is pending; the others are told of, and stay. */
async function erasePeople(context: CommandContext, ids: readonly string[], runId: string): Promise<Dropped> {
  const people = await inHand(context, ids);
  const [free, held] = [people.filter(({ obstacles }) => obstacles.length === 0), people.filter(({ obstacles }) => obstacles.length > 0)];
  const refused = held.map(({ survivorId, obstacles }) => ({ beneficiaryId: survivorId, obstacles }));
  if (free.length === 0) return { dropped: 0, refused };
  const erasures = free.map(({ survivorId, records: [first] }) => {
    const programmeId = first?.programmeId ?? '';
    return { id: newId(), beneficiaryId: survivorId, programmeId, ground: 'retention', reason: null, origin: 'schedule', runId } as const;
  });
  await insertErasures(context.tx, erasures, context.actor.id, context.now);
  const idOf = new Map(erasures.map(({ id, beneficiaryId }) => [beneficiaryId as string, id]));
  const { followUps, others: ended } = await erase(context, free, (survivorId) => idOf.get(survivorId) as string);
  const others = erasures.map(({ beneficiaryId, programmeId, ...erasure }) => ({
    subject: { type: 'beneficiary', id: beneficiaryId },
    scope: { programme: programmeId },
    after: erasure,
  }));
  return { dropped: free.length, refused, others: [...others, ...ended], followUps };
}

// A batch is judged again once its people are in hand: who was enrolled a moment ago stays.
const peopleWho = (name: 'applicants' | 'exited', due: (place: Place) => Sql): Category => ({
  name,
  arePeople: true,
  due,
  async drop(context, place, ids, runId) {
    await context.tx.all(sql`select from enrolments where beneficiary_id = any(${ids}::uuid[]) order by beneficiary_id for update`);
    const still = await context.tx.all<{ id: string }>(sql`select id from (${due(place)}) due where id = any(${ids}::text[])`);
    return erasePeople(
      context,
      still.map(({ id }) => id),
      runId,
    );
  },
});

export const peopleCategories: readonly Category[] = [peopleWho('applicants', applicants), peopleWho('exited', exited)];
