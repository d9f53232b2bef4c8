import { allOf, type Db, type ProblemPlace, type Sql, sql, type Text } from '../platform/index.ts';
import type { Cohort, ListFilter, ListSource } from './types.ts';
import { say } from './words.ts';

// What narrows a list down. Each condition is on an instalment `i`, owed to the person `b`.

/** The condition that a filter makes. @param timeZone the programme's, in which the days of a cohort begin and end */
export const letsThrough = ({ kind, planIds, wilayaNumber, officeId, cohort }: ListFilter, timeZone: string): Sql =>
  allOf([
    ...(kind ? [sql`i.kind = ${kind}`] : []),
    ...(planIds ? [sql`i.plan_id = any(${planIds}::uuid[])`] : []),
    ...(wilayaNumber ? [sql`b.wilaya_number = ${wilayaNumber}`] : []),
    ...(officeId ? [sql`${officeId}::uuid = ${officeOf}`] : []),
    ...(cohort ? [cameWith(cohort, timeZone)] : []),
  ]);

/** The office that is nearest to somebody, as far as addresses tell: the open one with the lowest code in their commune, or else in their wilaya. */
const officeOf = sql`(select o.id from offices o where o.wilaya_number = b.wilaya_number and o.is_open
  order by o.commune = b.commune desc, o.code limit 1)`;

const cameWith = (cohort: Cohort, timeZone: string): Sql =>
  'registrationFileId' in cohort
    ? sql`b.source_id = ${cohort.registrationFileId}::uuid`
    : sql`b.registered_at >= ${cohort.registeredFrom}::date::timestamp at time zone ${timeZone}
        and b.registered_at < (${cohort.registeredTo}::date + 1)::timestamp at time zone ${timeZone}`;

/** What a filter names that its programme does not have. */
export async function faultsOf(
  db: Db,
  { programmeId, planIds = [], officeId, cohort, fundIds = [], fromListId }: ListSource,
): Promise<ProblemPlace[]> {
  const fileId = cohort && 'registrationFileId' in cohort ? cohort.registrationFileId : null;
  const known = await db.first<{ plans: string[]; funds: string[]; office: boolean; file: boolean; list: boolean }>(sql`
    select array(select id from plans where programme_id = ${programmeId} and id = any(${planIds}::uuid[])) as plans,
      array(select id from funds where programme_id = ${programmeId} and id = any(${fundIds}::uuid[])) as funds,
      exists (select from offices where id = ${officeId ?? null}::uuid) as office,
      exists (select from registration_files where id = ${fileId}::uuid and programme_id = ${programmeId}) as file,
      exists (select from payment_lists where id = ${fromListId ?? null}::uuid and programme_id = ${programmeId}) as list`);
  const missing = (ids: readonly string[], have: readonly string[] = [], name: string, detail: Text): ProblemPlace[] =>
    ids.flatMap((id, i) => (have.includes(id) ? [] : [{ pointer: `/${name}/${i}`, detail }]));
  return [
    ...missing(planIds, known?.plans, 'planIds', say('source_plan_none')),
    ...missing(fundIds, known?.funds, 'fundIds', say('source_fund_none')),
    ...(officeId && !known?.office ? [{ pointer: '/officeId', detail: say('source_office_none') }] : []),
    ...(fromListId && !known?.list ? [{ pointer: '/fromListId', detail: say('source_list_none') }] : []),
    ...(fileId && !known?.file ? [{ pointer: '/cohort/registrationFileId', detail: say('source_file_none') }] : []),
    ...(cohort && 'registeredFrom' in cohort && cohort.registeredTo < cohort.registeredFrom
      ? [{ pointer: '/cohort/registeredTo', detail: say('last_day_before_first') }]
      : []),
  ];
}
