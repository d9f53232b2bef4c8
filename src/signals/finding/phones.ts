import { openPerson, phoneKey } from '../../beneficiaries/index.ts';
import { type KeyRing, sql, type Tx } from '../../platform/index.ts';
import type { Found, Slice } from '../types.ts';
import { freshPayouts } from './payouts.ts';
import type { Rule } from './rule.ts';

interface Paid {
  readonly id: string;
  readonly collectorId: string;
  readonly officeId: string | null;
  readonly agentId: string;
  readonly paidAt: Date;
  readonly data_key: Buffer;
  readonly phones: Buffer;
}

/** Who gave a number that somebody gave who was just paid. */
interface Sharing {
  readonly key: string;
  readonly households: readonly string[];
  readonly people: number;
  readonly registeredBy: readonly string[];
}

/** The pay-outs of a slice by the keyed fingerprint of each number that the collector gave. Neither number nor key outlives the call. */
async function byNumber(tx: Tx, keyRing: KeyRing, slice: Slice): Promise<Map<string, Paid[]>> {
  const paid = await tx.all<Paid>(sql`select p.id, p.collector_id as "collectorId", p.office_id as "officeId", p.agent_id as "agentId",
      p.paid_at as "paidAt", b.data_key, b.phones
    from (${freshPayouts(slice)}) p join beneficiaries b on b.id = p.collector_id and b.data_key is not null and b.phones is not null
    order by p.paid_at, p.id`);
  const numbers = new Map<string, Paid[]>();
  for (const payout of paid)
    for (const phone of new Set(openPerson(keyRing, payout.collectorId, payout, ['phones'])?.phones)) {
      const key = phoneKey(keyRing, phone);
      const known = numbers.get(key);
      if (known) known.push(payout);
      else numbers.set(key, [payout]);
    }
  return numbers;
}

const sharing = (tx: Tx, keys: readonly string[], least: number): Promise<Sharing[]> =>
  tx.all(sql`select k.key::text as key, array_agg(distinct b.household_id order by b.household_id) as households, count(*)::int as people,
      array_agg(distinct b.registered_by) as "registeredBy"
    from beneficiary_keys k join beneficiaries b on b.id = k.beneficiary_id and b.merged_into is null
    where k.key = any(${keys}::bigint[]) group by k.key having count(distinct b.household_id) >= ${least}`);

/** One telephone number stands for several households of which one was just paid. */
export const sharedPhone: Rule = {
  kind: 'shared_phone',
  of: 'payouts',
  items: 'households',
  async find({ tx, keyRing }, slice, { least }): Promise<Found[]> {
    const numbers = await byNumber(tx, keyRing, slice);
    const shared = numbers.size > 0 ? await sharing(tx, [...numbers.keys()], least) : [];
    return shared.flatMap(({ key, households, people, registeredBy }) => {
      const paid = numbers.get(key) ?? [];
      const [first, last] = [paid[0], paid.at(-1)];
      // The one that was made first.
      const [firstHousehold] = households;
      if (!first || !last || !firstHousehold) return [];
      const [office, ...offices] = new Set(paid.map(({ officeId }) => officeId));
      return {
        key: firstHousehold,
        officeId: offices.length === 0 ? (office ?? null) : null,
        agentId: null,
        concerns: [...new Set([...registeredBy, ...paid.map(({ agentId }) => agentId)])],
        severity: households.length >= 2 * least ? 'high' : 'medium',
        count: households.length,
        items: households,
        from: first.paidAt,
        to: last.paidAt,
        evidence: { people, payoutIds: paid.slice(0, 50).map(({ id }) => id) },
      };
    });
  },
};
