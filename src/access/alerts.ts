import { newId, sql, type Tx } from '../platform/index.ts';

/** Something that an administrator or an auditor should look at soon. */
export interface NewAlert {
  /** `room.what_happened`, as lists and metrics name it. */
  readonly kind: string;
  readonly subject: { readonly type: string; readonly id: string };
  /** Whose doing it is, where somebody's: neither they nor a user whom it is about puts it away. */
  readonly by?: string | undefined;
  readonly programmeId?: string | undefined;
  /** Counts, dates and codes that say what was seen; never a personal datum. */
  readonly facts?: Readonly<Record<string, string | number>>;
}

/** Raises an alert, in the transaction of what gave rise to it. */
export async function raiseAlert(tx: Tx, now: Date, { kind, subject, by, programmeId, facts = {} }: NewAlert): Promise<void> {
  await tx.run(sql`insert into alerts (id, kind, at, subject_type, subject_id, caused_by, programme_id, facts)
    values (${newId()}, ${kind}, ${now}, ${subject.type}, ${subject.id}, ${by ?? null}, ${programmeId ?? null}, ${JSON.stringify(facts)})`);
}

/**
 * As {@link raiseAlert}, unless one of the kind was raised for the subject within so many milliseconds before. Of two at once that would, the
 * later waits for the earlier and sees its alert.
 */
export async function raiseAlertOnce(tx: Tx, now: Date, withinMs: number, alert: NewAlert): Promise<void> {
  const { kind, subject } = alert;
  const isRaised = async (): Promise<boolean> =>
    (await tx.first(sql`select from alerts
      where subject_id = ${subject.id} and kind = ${kind} and at > ${new Date(now.getTime() - withinMs)} limit 1`)) !== undefined;
  if (await isRaised()) return;
  await tx.first(sql`select pg_advisory_xact_lock(hashtextextended(${`alerts/${kind}/${subject.id}`}, 0))`);
  if (!(await isRaised())) await raiseAlert(tx, now, alert);
}
